// OpenCV prints its errors to stderr before it throws them; here they become sentences of ours.
#pragma once

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>

namespace genga::curate {

/// Also leaves threads to us: images are worked on side by side.
inline void quiet_opencv() {
  cv::redirectError([](int, const char*, const char*, const char*, int, void*) { return 0; });
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  cv::setNumThreads(1);
}

}  // namespace genga::curate
