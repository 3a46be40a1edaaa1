package io.caravan.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;

class DatabaseAwayTest {

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08003", "08006", "57P01", "57P02", "57P03", "53300", "25P03"})
    void a_connection_that_broke_or_cannot_be_had(String state) {
        SQLException failure = new SQLException("It ended.", state);

        assertThat(DatabaseAway.causes(
                        new IllegalStateException(new UncategorizedSQLException("task", "SELECT 1", failure))))
                .isTrue();
    }

    @Test
    void a_pool_that_has_had_none_to_give_and_one_that_took_a_broken_one_away() {
        assertThat(DatabaseAway.causes(
                        new CannotGetJdbcConnectionException("none", new SQLTransientConnectionException("timed out"))))
                .isTrue();
        assertThat(DatabaseAway.causes(new SQLException("Connection is closed")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22001", "23505", "40P01", "42601", "53100", "57014"})
    void what_is_wrong_with_a_statement_is_not_it(String state) {
        assertThat(DatabaseAway.causes(new SQLException("No.", state))).isFalse();
    }

    @Test
    void nor_is_anything_else() {
        assertThat(DatabaseAway.causes(new IllegalStateException("No."))).isFalse();
        assertThat(DatabaseAway.causes(new SQLException("No."))).isFalse();
    }
}
