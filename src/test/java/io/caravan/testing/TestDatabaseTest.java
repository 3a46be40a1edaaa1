package io.caravan.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class TestDatabaseTest {

    @Test
    void each_database_is_its_own_and_the_application_works_with_what_the_owner_made() {
        TestDatabase one = TestDatabase.create();
        TestDatabase other = TestDatabase.create();

        new JdbcTemplate(one.asOwner()).execute("CREATE TABLE note (id bigserial PRIMARY KEY, text text)");
        JdbcTemplate app = new JdbcTemplate(one.asApp());
        app.update("INSERT INTO note (text) VALUES ('kept')");

        assertThat(app.queryForObject("SELECT text FROM note", String.class)).isEqualTo("kept");
        assertThatThrownBy(() -> app.execute("CREATE TABLE mine (id bigint)"))
                .rootCause()
                .hasMessageContaining("permission denied");
        assertThat(new JdbcTemplate(other.asApp()).queryForObject("SELECT to_regclass('note')::text", String.class))
                .isNull();
    }

    @Test
    void a_dropped_database_is_gone() {
        TestDatabase database = TestDatabase.create();

        database.drop();

        assertThatThrownBy(() -> database.asApp().getConnection()).hasMessageContaining("does not exist");
    }
}
