// Vectors that describe pictures, one row a picture.
#pragma once

#include <Eigen/Core>

namespace genga::eval {

/// [pictures, dimensions]
using Features = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace genga::eval
