package io.caravan.support.embedded;

import io.caravan.support.PrivateFiles;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Properties;
import java.util.regex.Pattern;

/** The passwords of the embedded server's roles: made at random once, kept in a file of mode 600. */
record Passwords(String superuser, String owner, String app) {

    /** What we make, and all we put into SQL and command files: no quoting to get wrong. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{20,}");

    Passwords {
        if (!PLAIN.matcher(superuser).matches()
                || !PLAIN.matcher(owner).matches()
                || !PLAIN.matcher(app).matches()) {
            throw new IllegalArgumentException("a password of the embedded PostgreSQL is not one that was made here");
        }
    }

    static Passwords readOrMake(Path file) throws IOException {
        if (!Files.exists(file)) {
            PrivateFiles.create(
                    file,
                    "# Passwords of the embedded PostgreSQL in this directory; it cannot be read without them.\n"
                            + "superuser=%s\nowner=%s\napp=%s\n".formatted(random(), random(), random()));
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return new Passwords(
                properties.getProperty("superuser", ""),
                properties.getProperty("owner", ""),
                properties.getProperty("app", ""));
    }

    /** A superuser's connection. */
    Connection connect(int port, String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("password", superuser);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database), properties);
    }

    @Override
    public String toString() {
        return "Passwords[***]";
    }

    private static String random() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
