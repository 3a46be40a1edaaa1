package io.caravan.connection;

import io.caravan.support.CaravanException;
import io.caravan.support.Columns;
import io.caravan.support.SqlFiles;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Tokens in the rows of connections. Every write says which revision it is for, and tells whether it was still there. */
@Repository
class TokenRows {

    private static final String LIMIT = SqlFiles.load("connection/limit-refresh");
    private static final String LOCK = SqlFiles.load("connection/lock-tokens");
    private static final String READ = SqlFiles.load("connection/read-tokens");
    private static final String STORE = SqlFiles.load("connection/store-tokens");
    private static final String FAILURE = SqlFiles.load("connection/note-failure");
    private static final String LOST = SqlFiles.load("connection/mark-lost");

    /** PostgreSQL's, which Spring does not know. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final JdbcClient jdbc;
    private final SealedCredentials sealed;

    TokenRows(JdbcClient jdbc, SealedCredentials sealed) {
        this.jdbc = jdbc;
        this.sealed = sealed;
    }

    TokenRow read(String orgId, String id) {
        return jdbc.sql(READ)
                .param("org", orgId)
                .param("id", id)
                .query(this::row)
                .optional()
                .orElseThrow(() -> CaravanException.notFound("connection", id));
    }

    /**
     * As {@link #read}, and nobody else changes it until this transaction ends.
     *
     * @throws CannotAcquireLockException where somebody holds it for longer than the limit
     */
    TokenRow lock(String orgId, String id, Duration limit) {
        jdbc.sql(LIMIT).param("limit", limit.toMillis() + "ms").query().singleRow();
        try {
            jdbc.sql(LOCK)
                    .param("org", orgId)
                    .param("id", id)
                    .query(String.class)
                    .optional();
        } catch (UncategorizedSQLException e) {
            throw LOCK_NOT_AVAILABLE.equals(e.getSQLException().getSQLState())
                    ? new CannotAcquireLockException("Somebody else holds connection " + id, e)
                    : e;
        }
        return read(orgId, id);
    }

    /** @param scope what is granted from now on */
    boolean store(TokenRow row, ConnectionCredentials credentials, String scope) {
        return 1
                == jdbc.sql(STORE)
                        .param("org", row.orgId())
                        .param("id", row.id())
                        .param("revision", row.revision())
                        .param("sealed", sealed.seal(row.orgId(), row.id(), credentials), Types.BINARY)
                        .param("names", credentials.names().toArray(String[]::new))
                        .param("scope", scope, Types.VARCHAR)
                        .param("missing", row.missingAfter(scope).toArray(String[]::new))
                        .param("wider", row.widenedBy(scope))
                        .update();
    }

    boolean noteFailure(TokenRow row, CaravanException failure, Duration wait) {
        return 1
                == jdbc.sql(FAILURE)
                        .param("org", row.orgId())
                        .param("id", row.id())
                        .param("revision", row.revision())
                        .param("code", failure.code().code())
                        .param("message", failure.getMessage())
                        .param("waitMillis", wait.toMillis())
                        .update();
    }

    boolean markLost(TokenRow row, String code, String message) {
        return 1
                == jdbc.sql(LOST)
                        .param("org", row.orgId())
                        .param("id", row.id())
                        .param("revision", row.revision())
                        .param("code", code)
                        .param("message", message)
                        .update();
    }

    private TokenRow row(ResultSet row, int number) throws SQLException {
        String org = row.getString("org_id");
        String id = row.getString("id");
        return new TokenRow(
                org,
                id,
                row.getString("status"),
                row.getInt("revision"),
                sealed.unseal(org, id, row.getBytes("credentials_sealed")),
                row.getString("scope"),
                row.getString("requested_scope"),
                Columns.texts(row, "missing_scopes"),
                ConnectionTrouble.of(
                        row.getString("error_code"),
                        row.getString("error_message"),
                        Columns.instant(row, "error_since")),
                row.getInt("token_tries"),
                Columns.instant(row, "token_due_at"),
                Columns.instant(row, "read_at"));
    }
}
