// OpenCV prints its errors to stderr before it throws them; this module throws genga::Error instead. OpenCV offers only
// switches for the whole process; no other module uses it.
#pragma once

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>

namespace genga::curate {

/// Also turns off the threads within OpenCV, because several images are processed at once.
inline void quiet_opencv() {
  cv::redirectError([](int, const char*, const char*, const char*, int, void*) { return 0; });
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  cv::setNumThreads(1);
}

}  // namespace genga::curate
