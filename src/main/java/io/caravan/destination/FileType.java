package io.caravan.destination;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The form in which resources lie where objects are kept. Each type has its own files, of one resource a line. */
public enum FileType {
    /** Each file is an object. */
    NDJSON,
    /** Archives hold several files each. */
    NDJSON_ZIP,
    /** Each file is an object, gzip as a whole. */
    NDJSON_GZ;

    /** The type that settings name. */
    static FileType of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    static Set<String> words() {
        return Arrays.stream(values()).map(FileType::word).collect(Collectors.toSet());
    }

    /** As settings have it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
