package io.caravan.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.destination.DestinationForms;
import io.caravan.destination.Destinations;
import io.caravan.testing.AzureServer;
import io.caravan.testing.CloudServer;
import io.caravan.testing.GcsServer;
import io.caravan.testing.HapiServer;
import io.caravan.testing.SourceSimulator;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** Hundreds of destinations of all kinds are delivered to, each once: what they leave behind in this process. */
class ManyDestinationsIT extends FaultScenario {

    private static final int DESTINATIONS = 500;
    private static final String BUCKET = "many-lakes";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Two of S3's: one to put, one to look. */
    private static final int MOST_ENDPOINTS_OF_A_CLIENT = 2;

    /** What a client is made of; Azure's has nothing that is worth a word. */
    private static final List<String> CLASSES = List.of(
            "software.amazon.awssdk.services.s3.DefaultS3Client",
            "com.google.cloud.storage.StorageImpl",
            "io.caravan.destination.fhir.FhirClient");

    private record Left(int clients, int endpoints, int named, int threads, Map<String, Integer> instances) {}

    @Autowired
    private CamelContext camel;

    private Untested untested;

    @Autowired
    void saveBy(Destinations destinations, DestinationForms forms) {
        untested = new Untested(destinations, forms);
    }

    @Value("${caravan.destination.most-idle}")
    private int mostIdle;

    private final List<CloudServer> clouds = new ArrayList<>();
    private HapiServer hapi;

    @BeforeEach
    void startServers() {
        hapi = HapiServer.start();
        clouds.add(GcsServer.start());
        if (AzureServer.missing() == null) {
            clouds.add(AzureServer.start());
        }
        clouds.forEach(cloud -> cloud.createBucket(BUCKET));
        s3.createBucket(BUCKET);
    }

    @AfterEach
    void stopServers() {
        clouds.forEach(CloudServer::close);
        hapi.close();
    }

    @Test
    void hundreds_of_destinations_leave_no_clients_endpoints_threads_or_names_behind() throws JMException {
        try (SourceSimulator source = SourceSimulator.of("{\"resourceType\":\"Patient\",\"id\":\"p1\"}")) {
            pull(source, PATIENT);
        }
        use(0, kinds()); // what each kind makes once
        deleteAll();
        Left before = left();

        use(1, DESTINATIONS);
        Left used = left();

        assertThat(used.clients() - before.clients()).isBetween(1, mostIdle);
        assertThat(used.instances().get(CLASSES.get(0))).as("the search works").isPositive();
        assertThat(used.endpoints() - before.endpoints()).isLessThanOrEqualTo(MOST_ENDPOINTS_OF_A_CLIENT * mostIdle);
        assertThat(used.named() - before.named()).isLessThanOrEqualTo(mostIdle);
        deleteAll();
        Left deleted = left();
        assertThat(deleted.clients()).isLessThanOrEqualTo(before.clients());
        assertThat(deleted.endpoints()).isLessThanOrEqualTo(before.endpoints());
        assertThat(deleted.named()).isLessThanOrEqualTo(before.named());
        Awaitility.await("the threads of clients that are closed")
                .untilAsserted(() -> assertThat(threads()).isLessThanOrEqualTo(before.threads()));
        before.instances()
                .forEach((type, count) ->
                        assertThat(deleted.instances().get(type)).as(type).isLessThanOrEqualTo(count));
    }

    private int kinds() {
        return 2 + clouds.size();
    }

    /** New destinations of all kinds in turn, until each has been delivered to. */
    private void use(int round, int count) {
        for (int i = 0; i < count; i++) {
            save("Destination %d of round %d".formatted(i, round), i);
        }
        Awaitility.await("runs")
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(250))
                .until(() -> runs("status NOT IN ('queued', 'running')") == runs("true"));
        assertThat(runs("status = 'succeeded'")).isEqualTo(count);
        assertThat(caravan.all("/runs"))
                .hasSize(count)
                .allSatisfy(run ->
                        assertThat(run.at("/resources/delivered").asInt()).isEqualTo(1));
    }

    private int runs(String which) {
        return database.sql("SELECT count(*) FROM export_run WHERE org_id = :org AND " + which)
                .param("org", caravan.org())
                .query(Integer.class)
                .single();
    }

    private void save(String name, int number) {
        int kind = number % kinds();
        Map<String, Object> body = kind == 0
                ? caravan.fhirServer(name, hapi.baseUrl(), Map.of())
                : kind == 1 ? caravan.bucket(name, s3, BUCKET, "out") : bucketOf(clouds.get(kind - 2));
        untested.save(caravan.org(), name, body);
    }

    private static Map<String, Object> bucketOf(CloudServer cloud) {
        return Untested.store(cloud.vendor(), cloud.endpoint(), BUCKET, cloud.credentials());
    }

    private void deleteAll() {
        for (JsonNode destination : caravan.all("/destinations")) {
            assertThat(caravan.delete(caravan.path(
                                    "/destinations/" + destination.path("id").asText()))
                            .status())
                    .isEqualTo(204);
        }
    }

    private Left left() throws JMException {
        return new Left(openClients(), endpoints(), names(), threads(), instances());
    }

    private int openClients() throws JMException {
        ObjectName count = new ObjectName(
                "org.apache.camel:context=%s,type=services,name=ClientCount*".formatted(camel.getManagementName()));
        Set<ObjectName> found = beans().queryNames(count, null);
        assertThat(found).hasSize(1);
        return (int) beans().getAttribute(found.iterator().next(), "OpenClients");
    }

    private int endpoints() throws JMException {
        return beans().queryNames(
                        new ObjectName(
                                "org.apache.camel:context=%s,type=endpoints,*".formatted(camel.getManagementName())),
                        null)
                .size();
    }

    private int names() {
        return camel.getRegistry().findByTypeWithName(Object.class).size();
    }

    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sdk-"))
                .count();
    }

    /** Of live objects: the question collects garbage first. */
    private static Map<String, Integer> instances() throws JMException {
        String histogram = (String) beans().invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return CLASSES.stream()
                .collect(Collectors.toMap(
                        type -> type,
                        type -> histogram
                                .lines()
                                .map(line -> line.trim().split("\\s+"))
                                .filter(columns -> columns.length > 3 && columns[3].equals(type))
                                .mapToInt(columns -> Integer.parseInt(columns[1]))
                                .findFirst()
                                .orElse(0)));
    }

    private static MBeanServer beans() {
        return ManagementFactory.getPlatformMBeanServer();
    }
}
