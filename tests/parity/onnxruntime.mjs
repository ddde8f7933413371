// Runs exported networks under ONNX Runtime and compares them with the reference interpreter's results.
//   npm install --ignore-scripts onnxruntime-node
//   GENGA_ONNX_OUT=cases build/release/tests/parity/parity_onnx_test
//   node tests/parity/onnxruntime.mjs cases
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const ort = createRequire(path.resolve("node_modules"))("onnxruntime-node");
const folder = process.argv[2];
const floats = (file) => {
  const bytes = fs.readFileSync(path.join(folder, file));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

let failed = 0, worst = 0, n = 0;
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".onnx"))) {
  const name = file.slice(0, -5);
  const { input, tolerance } = JSON.parse(fs.readFileSync(path.join(folder, name + ".json")));
  ++n;
  try {
    const session = await ort.InferenceSession.create(path.join(folder, file), { logSeverityLevel: 3 });
    const { output } = await session.run({ input: new ort.Tensor("float32", floats(name + ".in"), input) });
    const expected = floats(name + ".out");
    if (output.data.length !== expected.length) throw new Error(`${output.data.length} numbers, expected ${expected.length}`);
    const largest = expected.reduce((a, v) => Math.max(a, Math.abs(v)), 1e-3);
    const error = output.data.reduce((a, v, i) => Math.max(a, Math.abs(v - expected[i])), 0) / largest;
    worst = Math.max(worst, error);
    if (!(error <= 10 * tolerance)) throw new Error(`differs by ${error.toExponential(2)}, tolerance ${10 * tolerance}`);
  } catch (error) {
    ++failed;
    console.log(`${name}: ${error.message.split("\n")[0]}`);
  }
}
console.log(`${n} networks, ${failed} failed, largest relative difference of the others ${worst.toExponential(2)}`);
process.exit(failed ? 1 : 0);
