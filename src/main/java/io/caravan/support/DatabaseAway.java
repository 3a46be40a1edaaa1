package io.caravan.support;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;

/**
 * Tells a failure that says that the database cannot be reached, or went away under a statement, from one that says something
 * about the statement: nobody whose work meets it is to blame, and it passes.
 */
public final class DatabaseAway {

    private DatabaseAway() {}

    /** Whether that is what the failure comes from. */
    public static boolean causes(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && says(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean says(SQLException failure) {
        if (failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException) {
            return true; // the pool has had no connection to give for too long
        }
        String state = failure.getSQLState();
        if (state == null) {
            // What the pool says of a connection that it took away, for it broke under an earlier statement.
            return "Connection is closed".equals(failure.getMessage());
        }
        // No connection, or it broke; the server is stopping, crashed or starting; it has no room for another
        // connection; it
        // ended a transaction that its node seemed to have forgotten.
        return state.startsWith("08") || state.startsWith("57P0") || state.equals("53300") || state.equals("25P03");
    }
}
