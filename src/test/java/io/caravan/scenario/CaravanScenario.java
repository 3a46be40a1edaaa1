package io.caravan.scenario;

import io.caravan.testing.CaravanDriver;
import io.caravan.testing.S3Server;
import io.caravan.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.FileSystemUtils;

/**
 * A whole Caravan on a real database, driven over HTTP, with an S3 server beside it. Each test has an organization of
 * its own, so that tests share the process and nothing else.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.profiles.active=dev",
            "caravan.export.quiet=200ms",
            "caravan.export.retry-for=4s",
            "caravan.export.repeat=0 0 0 1 1 ? 2099", // OutageIT has these
            "caravan.export.sweep=0 0 0 1 1 ? 2099", // scenarios look at the runs they caused, at stores that expect no
            // others
            "caravan.leave.purge=0/2 * * * * ?",
            "caravan.pull.first-wait=100ms",
            "caravan.pull.attempts=3",
            "caravan.source.profiles=src/test/resources/profiles",
            "caravan.work.poll=50",
            "caravan.operator.key=" + CaravanScenario.OPERATOR_KEY,
            "caravan.operator.password=" + CaravanScenario.OPERATOR_PASSWORD
        })
public abstract class CaravanScenario {

    protected static final String OPERATOR_PASSWORD = "correct horse battery staple";
    static final String OPERATOR_KEY = "ck_scenario_operator_0123456789abcdefghijkl";

    /** Below it destinations of type {@code file} lie. */
    protected static final Path FILE_ROOT = newFileRoot();

    protected static S3Server s3;

    @Autowired
    protected JdbcClient database;

    @LocalServerPort
    protected int port;

    protected CaravanDriver caravan;

    // Inherited, so the context, and with it the database, is the same for all scenarios of a test run.
    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        TestDatabase.register(registry);
        registry.add("caravan.file.root", FILE_ROOT::toString);
    }

    private static Path newFileRoot() {
        try {
            Path root = Files.createTempDirectory("caravan-files-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(root.toFile())));
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void startStore() {
        // Two JVMs share the machine: ten times what the slowest wait takes alone.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
        s3 = S3Server.start();
        s3.createBucket("lake");
    }

    @AfterAll
    static void stopStore() {
        s3.close();
    }

    @BeforeEach
    void newOrganization() {
        CaravanDriver operator =
                new CaravanDriver(URI.create("http://127.0.0.1:" + port), OPERATOR_KEY, Duration.ofSeconds(90));
        caravan = operator.as(operator.newOrganization("Scenario"));
    }
}
