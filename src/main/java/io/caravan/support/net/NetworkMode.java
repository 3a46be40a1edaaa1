package io.caravan.support.net;

/** Who runs this Caravan, and so what it may reach without being told. */
public enum NetworkMode {
    /** Public addresses over https; private ones over https, and over http with a warning. */
    SELF_HOSTED,
    /** Public addresses over https only: people who do not run it may enter addresses. */
    SHARED
}
