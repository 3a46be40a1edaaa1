package io.caravan.support.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.springframework.core.io.ClassPathResource;

/** The database and its two roles: {@code caravan_owner} makes tables, {@code caravan_app} owns nothing. */
final class DatabaseRoles {

    static final String DATABASE = "caravan";
    static final String OWNER = "caravan_owner";
    static final String APP = "caravan_app";

    /** Opens a superuser's connection to a database of the server. */
    @FunctionalInterface
    interface Server {
        Connection connect(String database) throws SQLException;
    }

    private DatabaseRoles() {}

    /** Makes what is missing; run on every start, so that an interrupted first one heals. */
    static void prepare(Server server, Passwords passwords) throws SQLException, IOException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            role(statement, OWNER, passwords.owner());
            role(statement, APP, passwords.app());
            if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = '%s'".formatted(DATABASE))) {
                statement.execute("CREATE DATABASE %s OWNER %s TEMPLATE template0".formatted(DATABASE, OWNER));
            }
            statement.execute("REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(DATABASE));
            statement.execute("GRANT CONNECT, TEMPORARY ON DATABASE %s TO %s".formatted(DATABASE, APP));
        }
        try (Connection connection = server.connect(DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute(grants());
        }
    }

    private static void role(Statement statement, String name, String password) throws SQLException {
        if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '%s'".formatted(name))) {
            statement.execute("CREATE ROLE " + name);
        }
        statement.execute(
                "ALTER ROLE %s LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '%s'"
                        .formatted(name, password));
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private static String grants() throws IOException {
        return new ClassPathResource("db/grants.sql").getContentAsString(StandardCharsets.UTF_8);
    }
}
