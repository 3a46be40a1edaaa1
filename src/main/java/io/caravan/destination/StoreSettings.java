package io.caravan.destination;

/** Settings of a destination that keeps objects, each under a key: a bucket, or a directory. */
public sealed interface StoreSettings extends DestinationSettings permits FileSettings, ObjectStorageSettings {

    /** What the objects lie in; a directory below the deployment's root. */
    String bucket();

    /** How each key begins, without a slash at its end; empty for none. */
    String prefix();

    FileType packing();

    /** Bytes that a file has at most, before it is compressed; null for the deployment's default. */
    Long targetFileSize();
}
