// Seconds of runs of an ONNX network under ONNX Runtime, as JSON: the peer's half of bench/against_onnxruntime.py.
//   node onnxruntime.mjs NET.onnx HEIGHT WIDTH THREADS RUNS
import path from "node:path";
import { createRequire } from "node:module";

const ort = createRequire(path.resolve("node_modules"))("onnxruntime-node");
const [file, height, width, threads, runs] = process.argv.slice(2).map((word, i) => (i === 0 ? word : Number(word)));
const session = await ort.InferenceSession.create(file, {
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
});
const pixels = Float32Array.from({ length: 3 * height * width }, (_, i) => ((i * 7919) % 256) / 127.5 - 1);
const input = new ort.Tensor("float32", pixels, [1, 3, height, width]);
const seconds = [];
for (let i = 0; i <= runs; ++i) {
  const begin = performance.now();
  await session.run({ input });
  if (i > 0) seconds.push((performance.now() - begin) / 1000); // the first run plans its memory
}
console.log(JSON.stringify({ seconds, peak_rss_bytes: process.resourceUsage().maxRSS * 1024, version: ort.env.versions.common }));
