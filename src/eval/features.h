// Vectors that describe images, one row an image.
#pragma once

#include <Eigen/Core>

namespace genga::eval {

/// [images, dimensions]
using Features = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace genga::eval
