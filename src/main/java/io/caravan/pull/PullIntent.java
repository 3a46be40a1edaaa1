package io.caravan.pull;

import java.util.Optional;

/**
 * What is known before a pull is planned.
 *
 * @param fullWalk whether somebody asked for everything
 * @param detectedProfile what an earlier pull found the source's profile to be
 */
record PullIntent(boolean fullWalk, Optional<String> detectedProfile) {}
