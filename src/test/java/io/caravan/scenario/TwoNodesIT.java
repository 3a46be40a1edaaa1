package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.CaravanProcess;
import io.caravan.testing.Fault;
import io.caravan.testing.SourceRequest;
import io.caravan.testing.SourceSimulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;

/** Two nodes pull from one source: what it bears, and what it asks to wait, is for both together (sources.md 17). */
class TwoNodesIT extends FaultScenario {

    private static final int PATIENTS = 16;
    private static final List<String> TYPES = List.of("Condition", "Observation");

    private static final List<String> SHARED = List.of(
            "spring.datasource.url",
            "spring.datasource.username",
            "spring.datasource.password",
            "spring.flyway.url",
            "spring.flyway.user",
            "spring.flyway.password",
            "caravan.operator.key",
            "caravan.operator.password",
            "caravan.source.profiles",
            "caravan.pull.first-wait",
            "caravan.pull.attempts");

    /** What src/test/resources/profiles/rationed.yaml allows. */
    private static final int BURST = 3;

    private static final Duration EVERY = Duration.ofMillis(200);

    /** How long a request may take from the leave for it, which is given in the database, to the source. */
    private static final Duration ON_THE_WIRE = Duration.ofMillis(500);

    @Autowired
    private Environment settings;

    private CaravanProcess other;

    /** On the same database and with the same keys; it is driven by nobody. */
    @BeforeEach
    void startOtherNode() {
        other = CaravanProcess.start(
                Path.of(settings.getRequiredProperty("caravan.data-dir")),
                SHARED.stream()
                        .map(name -> "--%s=%s".formatted(name, settings.getRequiredProperty(name)))
                        .toArray(String[]::new));
    }

    @AfterEach
    void stopOtherNode() {
        other.close();
    }

    @Test
    void a_source_is_asked_no_more_often_by_two_nodes_than_it_bears_and_not_at_all_while_it_asked_to_wait() {
        try (SourceSimulator source = source()) {
            String registered = caravan.newSource("General", source.baseUrl(), "rationed")
                    .path("id")
                    .asText();
            List.of("p3", "p9")
                    .forEach(patient -> source.fail(request -> isSearchOf(request, patient))
                            .with(Fault.retryAfter(2))
                            .times(1));

            List<String> pulls = patients()
                    .map(patient -> caravan.connect(registered, patient, null).ok())
                    .map(connection -> connection.at("/latest_pull/id").asText())
                    .toList();

            pulls.forEach(pull -> statusIs(caravan.awaitPull(pull), "completed"));
            assertThat(stored()).hasSize(PATIENTS * (1 + TYPES.size()));
            assertThat(tasksOfEachNode()).as("both had a share").hasSize(2).allMatch(tasks -> tasks >= 5);
            assertThat(source.count(request -> request.status() == 429)).isEqualTo(2);
            assertThat(source.traffic().insideWaits(ON_THE_WIRE)).isEmpty();
            Duration stretch = Duration.ofSeconds(2);
            assertThat(source.traffic().mostWithin(stretch)).isLessThanOrEqualTo(mostWithin(stretch));
        }
    }

    private static SourceSimulator source() {
        SourceSimulator source = SourceSimulator.of(patients()
                .map("{\"resourceType\":\"Patient\",\"id\":\"%s\"}"::formatted)
                .toArray(String[]::new));
        patients().forEach(patient -> TYPES.forEach(type -> source.put(record(type, patient, patient))));
        return source;
    }

    private static Stream<String> patients() {
        return IntStream.range(0, PATIENTS).mapToObj(n -> "p" + n);
    }

    private static boolean isSearchOf(SourceRequest request, String patient) {
        return request.isSearch("Observation")
                && request.parameter("patient").filter(patient::equals).isPresent();
    }

    private List<Integer> tasksOfEachNode() {
        return database.sql("SELECT count(*) FROM pull_task WHERE org_id = :org AND kind <> 'references' GROUP BY node")
                .param("org", caravan.org())
                .query(Integer.class)
                .list();
    }

    /** What a budget allows in any stretch of time: its burst, and then one after the other. */
    private static int mostWithin(Duration stretch) {
        return BURST + 1 + (int) stretch.plus(ON_THE_WIRE).dividedBy(EVERY);
    }
}
