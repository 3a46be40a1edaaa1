package io.caravan.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravan.CaravanApplication;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Caravan's main job, live: {@code mvn spring-boot:test-run}. Starts Caravan with its embedded PostgreSQL, the source
 * simulator with 16 synthetic patients, and an S3 server that writes to a local folder; then makes, over the public API,
 * the source, a connection for each patient and a destination, shows what happens, and stays up. What it finds from an
 * earlier start it uses again.
 *
 * <p>Ports: {@code server.port} (8080), {@code demo.source-port} (8091), {@code demo.s3-port} (8092), all on 127.0.0.1.
 */
public final class DemoApplication {

    private static final String BUCKET = "lake";
    private static final String PREFIX = "caravan";
    private static final String BROKEN = "Archive";
    private static final String BROKEN_BUCKET = "archive";

    private final CaravanDriver caravan;
    private final SourceSimulator source;
    private final S3Server s3;
    private final PrintStream out;
    private final Instant started = Instant.now();

    private DemoApplication(CaravanDriver caravan, SourceSimulator source, S3Server s3, PrintStream out) {
        this.caravan = caravan;
        this.source = source;
        this.s3 = s3;
        this.out = out;
    }

    public static void main(String[] args) throws IOException {
        SpringApplication application = new SpringApplication(CaravanApplication.class);
        application.setAdditionalProfiles("dev");
        ConfigurableApplicationContext context = application.run(args);
        Environment settings = context.getEnvironment();
        Path dataDir = Path.of(settings.getRequiredProperty("caravan.data-dir"));
        int sourcePort = settings.getProperty("demo.source-port", int.class, 8091);
        int s3Port = settings.getProperty("demo.s3-port", int.class, 8092);
        URI address = URI.create("http://127.0.0.1:" + settings.getRequiredProperty("local.server.port"));
        String key = settings.getProperty("caravan.operator.key");
        if (key == null) {
            key = Files.readString(dataDir.resolve("operator-key")).strip();
        }
        try {
            SourceSimulator source =
                    SourceSimulator.builder().synthea().port(sourcePort).start();
            S3Server s3 = S3Server.start(dataDir.resolve("objects"), s3Port);
            CaravanDriver driver = new CaravanDriver(address, key, Duration.ofMinutes(5));
            DemoApplication demo = new DemoApplication(driver, source, s3, System.out);
            demo.run();
            demo.invite(address, dataDir, settings.getProperty("caravan.operator.password") != null);
        } catch (RuntimeException e) {
            System.out.println(sayWhy(e, sourcePort, s3Port));
            context.close();
            System.exit(1);
        }
    }

    private static String sayWhy(RuntimeException e, int sourcePort, int s3Port) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof BindException) {
                return "Port %d or %d is taken. Stop what uses it, or choose others with -Dspring-boot.run.arguments=\"--demo.source-port=… --demo.s3-port=…\""
                        .formatted(sourcePort, s3Port);
            }
        }
        throw e;
    }

    private void run() {
        String sourceId = source();
        String broken = brokenDestination();
        List<String> pulls = connect(sourceId);
        follow(pulls);
        String destination = destination();
        List<JsonNode> runs = caravan.awaitRuns(destination, 1);
        caravan.awaitRuns(broken, 1);
        report(runs);
    }

    /** Saved while its bucket was there, which it then is no more. One from an earlier start stays as it is. */
    private String brokenDestination() {
        Optional<JsonNode> known = named("/destinations", BROKEN);
        if (known.isPresent()) {
            return known.get().path("id").asText();
        }
        s3.createBucket(BROKEN_BUCKET);
        String id = caravan.newDestination(caravan.bucket(BROKEN, s3, BROKEN_BUCKET, PREFIX))
                .ok()
                .path("id")
                .asText();
        caravan.awaitRuns(id, 1);
        s3.deleteBucket(BROKEN_BUCKET);
        return id;
    }

    private String source() {
        Optional<JsonNode> known = named("/sources", "Synthea General");
        JsonNode found = known.orElseGet(() -> caravan.newSource("Synthea General", source.baseUrl()));
        say(
                "Source       %s, %s (%s)",
                found.path("name").asText(), source.baseUrl(), known.isPresent() ? "kept" : "new");
        return found.path("id").asText();
    }

    private List<String> connect(String sourceId) {
        List<String> pulls = new ArrayList<>();
        int kept = 0;
        for (String patient : source.patients()) {
            CaravanDriver.Answer answer = caravan.connect(sourceId, patient, null);
            pulls.add(answer.ok().path("latest_pull").path("id").asText());
            kept += answer.status() == 200 ? 1 : 0;
        }
        say(
                "Connections  %d patients (%d new, %d kept), a pull queued for each",
                pulls.size(), pulls.size() - kept, kept);
        return pulls;
    }

    private void follow(List<String> pulls) {
        int done = 0;
        int seen = 0;
        int written = 0;
        for (String id : pulls) {
            JsonNode pull = caravan.awaitPull(id);
            JsonNode resources = pull.path("resources");
            seen += resources.path("seen").asInt();
            written += resources.path("new").asInt() + resources.path("changed").asInt();
            done++;
            say(
                    "Pull %2d/%d   %s, %d resources seen, %d new or changed so far",
                    done, pulls.size(), pull.path("status").asText(), seen, written);
        }
    }

    private String destination() {
        Optional<JsonNode> known = named("/destinations", "Lake");
        if (known.isEmpty()) {
            s3.createBucket(BUCKET);
        }
        JsonNode found = known.orElseGet(() -> caravan.newDestination(caravan.bucket("Lake", s3, BUCKET, PREFIX))
                .ok());
        say(
                "Destination  %s, bucket %s at %s (%s)",
                found.path("name").asText(), BUCKET, s3.endpoint(), known.isPresent() ? "kept" : "tested, new");
        return found.path("id").asText();
    }

    private Optional<JsonNode> named(String list, String name) {
        return caravan.all(list).stream()
                .filter(found -> found.path("name").asText().equals(name))
                .findFirst();
    }

    private void report(List<JsonNode> runs) {
        say("");
        say(
                "%-38s %-18s %-10s %9s %10s %6s %8s",
                "run", "trigger", "status", "patients", "resources", "files", "seconds");
        for (JsonNode run : runs) {
            Duration took = Duration.between(
                    Instant.parse(run.path("started_at").asText()),
                    Instant.parse(run.path("completed_at").asText()));
            say(
                    "%-38s %-18s %-10s %9d %10d %6d %8.1f",
                    run.path("id").asText(),
                    run.path("trigger").asText(),
                    run.path("status").asText(),
                    run.path("patients").path("delivered").asInt(),
                    run.path("resources").path("delivered").asInt(),
                    run.path("files").asInt(),
                    took.toMillis() / 1000.0);
        }
        say("");
        say(
                "From the first request to the last object: %d s. The files lie in %s",
                Duration.between(started, Instant.now()).toSeconds(), s3.file(BUCKET, PREFIX));
    }

    private void invite(URI address, Path dataDir, boolean passwordGiven) {
        say("");
        sayHowToMend();
        say("API          %s/api/v1 (its contract: %s/api/v1/openapi.yaml)", address, address);
        say("API key      %s", dataDir.resolve("operator-key").normalize());
        say(
                "Sign-in      operator, password %s",
                passwordGiven
                        ? "as given in CARAVAN_OPERATOR_PASSWORD"
                        : "in " + dataDir.resolve("operator-password").normalize());
        say(
                "Try          curl -H \"Authorization: Bearer $(cat %s)\" %s%s",
                dataDir.resolve("operator-key").normalize(), address, caravan.path("/runs"));
        say("Dashboard    %s", address);
        say("Caravan stays up; stop it with Ctrl-C.");
    }

    private void sayHowToMend() {
        boolean broken = named("/destinations", BROKEN)
                .filter(found -> found.path("state").asText().equals("failed"))
                .isPresent();
        if (broken) {
            say(
                    "%s is broken on purpose: its bucket is gone. The dashboard says so, first of all. To mend it:",
                    BROKEN);
            say("             mkdir -p %s", s3.folder().resolve(BROKEN_BUCKET).normalize());
            say("             and press Retry on the dashboard");
        }
    }

    private void say(String format, Object... values) {
        out.println(format.formatted(values));
    }
}
