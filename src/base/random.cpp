// The rest of the generator; Philox itself, twelve lines by hand in the header, is in no library that gives the same
// numbers on every machine.
// Normal numbers by the inverse of the normal distribution. Only + - * / and sqrt, which IEEE 754 rounds the same
// everywhere; libraries' logarithms and cosines differ in their last bits. The build forbids fused multiply-adds here.
#include "genga/random.h"

#include <array>
#include <cmath>

namespace genga {
namespace {

double natural_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // [0.5, 1)
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  // ln m = 2 artanh(s); |s| <= 0.172, so eleven terms reach double precision.
  const double s = (m - 1) / (m + 1);
  double sum = 0;
  for (int k = 21; k >= 1; k -= 2) sum = sum * s * s + 1.0 / k;
  return 2 * s * sum + exponent * 0.69314718055994531;
}

using Coefficients = std::array<double, 8>;

double ratio(const Coefficients& above, const Coefficients& below, double x) {
  double p = 0, q = 0;
  for (std::size_t i = above.size(); i-- > 0;) {
    p = p * x + above[i];
    q = q * x + below[i];
  }
  return p / q;
}

// Wichura 1988, Applied Statistics 37, algorithm AS 241, PPND16: about 1 part in 10^16. Its third range begins at
// r = 5; with 32 bits r ends at 4.8.
constexpr Coefficients kCentreAbove{3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                    1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                    3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr Coefficients kCentreBelow{1.0,
                                    4.2313330701600911252e+1,
                                    6.8718700749205790830e+2,
                                    5.3941960214247511077e+3,
                                    2.1213794301586595867e+4,
                                    3.9307895800092710610e+4,
                                    2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
constexpr Coefficients kTailAbove{1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                  3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr Coefficients kTailBelow{1.0,
                                  2.05319162663775882187e0,
                                  1.67638483018380384940e0,
                                  6.89767334985100004550e-1,
                                  1.48103976427480074590e-1,
                                  1.51986665636164571966e-2,
                                  5.47593808499534494600e-4,
                                  1.05075007164441684324e-9};

}  // namespace

double Rng::normal() {
  const double q = (next() + 0.5) * 0x1p-32 - 0.5;  // symmetric around 0, never at the ends
  if (std::abs(q) <= 0.425) return q * ratio(kCentreAbove, kCentreBelow, 0.180625 - q * q);
  const double r = std::sqrt(-natural_log(0.5 - std::abs(q)));
  const double z = ratio(kTailAbove, kTailBelow, r - 1.6);
  return q < 0 ? -z : z;
}

}  // namespace genga
