package io.caravan.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The flow's statements, one a file under {@code sql/<package>/<verb>-<noun>.sql}. */
public final class SqlFiles {

    private SqlFiles() {}

    /** The statement of {@code sql/<path>.sql}; a missing one is a defect of the build and fails at start-up. */
    public static String load(String path) {
        String file = "sql/" + path + ".sql";
        try (InputStream in = SqlFiles.class.getClassLoader().getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("No statement " + file + " on the classpath");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
