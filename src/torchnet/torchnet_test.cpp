#include <gtest/gtest.h>

#include "genga/error.h"

TEST(Placeholder, X) {}
