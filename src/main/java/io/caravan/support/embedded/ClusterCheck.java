package io.caravan.support.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Finds out whose server runs, before anything is done to it: ours is the one on our directory. */
record ClusterCheck(Path cluster, Passwords passwords) {

    /** What there is on the directory. */
    enum Found {
        NO_SERVER,
        OURS,
        /** Ours by its command line, but coming up, going down or out of connections. */
        OURS_BUT_CLOSED
    }

    /** Throws where a server that may be somebody else's is in the way. */
    Found look() throws IOException {
        Optional<Postmaster> named = Postmaster.in(cluster).filter(Postmaster::alive);
        if (named.isEmpty()) {
            return Found.NO_SERVER;
        }
        Postmaster postmaster = named.get();
        if (postmaster.recycled()) {
            Files.delete(Postmaster.file(cluster));
            return Found.NO_SERVER;
        }
        try {
            refuseUnlessOurs(postmaster);
            return Found.OURS;
        } catch (SQLException e) {
            if (!postmaster.startedOn(cluster)) {
                throw foreign(postmaster, "it does not let us in");
            }
            return Found.OURS_BUT_CLOSED;
        }
    }

    void refuseUnlessOurs(Postmaster postmaster) throws SQLException, IOException {
        try (Connection connection = passwords.connect(postmaster.port(), "postgres");
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("SELECT current_setting('data_directory')")) {
            answer.next();
            Path theirs = Path.of(answer.getString(1));
            if (!Files.exists(theirs) || !Files.isSameFile(theirs, cluster)) {
                throw foreign(postmaster, "it runs on " + theirs);
            }
        }
    }

    private EmbeddedPostgresException foreign(Postmaster postmaster, String because) {
        return new EmbeddedPostgresException(
                "The server that %s names (pid %d, port %d) is not ours: %s."
                        .formatted(Postmaster.file(cluster), postmaster.pid(), postmaster.port(), because),
                "If no PostgreSQL runs on %s, remove %s; or set caravan.data-dir to another directory."
                        .formatted(cluster, Postmaster.file(cluster)));
    }
}
