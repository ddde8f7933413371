// Runs one image as a TilePlan says, in tiles or whole: reads windows, runs the network, blends, writes rows.
#pragma once

#include "genga/stylize.h"
#include "stylize/photo_rows.h"
#include "stylize/plain_colors.h"
#include "stylize/session_cache.h"

namespace genga::stylize {

/// Reads all of photo, writes all of the result. plain: for options.keep_color. Throws Error: kCancelled, and whatever
/// reading and writing throw.
void run_tiles(SessionCache& sessions, const weights::PixelFormat& format, const TilePlan& plan, const PhotoRows& photo,
               const WriteRows& write, const StylizeOptions& options, const PlainColors& plain = {});

}  // namespace genga::stylize
