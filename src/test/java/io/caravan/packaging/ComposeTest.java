package io.caravan.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The compose file by its structure, and by Compose itself where it is there: who is there, that each setting is one, and that no secret stands in it. */
class ComposeTest {

    private static final Path COMPOSE = Path.of("/usr/bin/docker-compose");
    private static final Path DOCKER = Path.of("docker");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(:\\?[^}]*)?}");
    /** Not in application.yaml, for their defaults are "none". */
    private static final Set<String> ALSO_SETTINGS = Set.of(
            "SPRING_DATASOURCE_URL",
            "SPRING_DATASOURCE_USERNAME",
            "SPRING_DATASOURCE_PASSWORD",
            "SPRING_FLYWAY_URL",
            "SPRING_FLYWAY_USER",
            "SPRING_FLYWAY_PASSWORD",
            "CARAVAN_OPERATOR_KEY",
            "CARAVAN_OPERATOR_PASSWORD",
            "CARAVAN_KEYSET",
            "CARAVAN_EMBEDDED_POSTGRES_REFUSE");

    private final Map<String, Object> compose = load();

    @Test
    void two_nodes_share_a_database_and_a_keyset_and_nothing_else() {
        assertThat(services()).containsOnlyKeys("postgres", "store", "node1", "node2");
        assertThat(text(service("postgres"), "image")).matches("postgres:(1[5-9]|[2-9]\\d)");
        Map<String, Object> first = environment("node1");
        Map<String, Object> second = environment("node2");

        assertThat(second).containsAllEntriesOf(first).containsEntry("CARAVAN_KEYSET", "/caravan/first/keyset.json");
        assertThat(first).containsEntry("SPRING_DATASOURCE_USERNAME", "caravan_app");
        assertThat(first).containsEntry("SPRING_FLYWAY_USER", "caravan_owner");
        assertThat(service("node1")).extractingByKey("volumes").isEqualTo(List.of("data1:/caravan/data"));
        assertThat(service("node2"))
                .extractingByKey("volumes")
                .isEqualTo(List.of("data2:/caravan/data", "data1:/caravan/first:ro"));
    }

    @Test
    void what_a_service_refers_to_is_there() {
        Set<String> volumes = map(compose.get("volumes")).keySet();
        services().values().forEach(service -> {
            list(map(service).get("volumes")).forEach(mount -> {
                String from = mount.toString().split(":")[0];
                assertThat(from.startsWith("./") ? Files.exists(DOCKER.resolve(from)) : volumes.contains(from))
                        .as(mount.toString())
                        .isTrue();
            });
            assertThat(services().keySet())
                    .containsAll(map(map(service).get("depends_on")).keySet());
        });
        Map<String, Object> build = map(service("node1").get("build"));
        assertThat(DOCKER.resolve(text(build, "context")).resolve(text(build, "dockerfile")))
                .exists();
    }

    @Test
    void every_setting_is_one() throws IOException {
        Set<String> known = settings();
        for (String node : List.of("node1", "node2")) {
            assertThat(known).as(node).containsAll(environment(node).keySet());
        }
        String dockerfile = Files.readString(DOCKER.resolve("Dockerfile"));
        assertThat(known)
                .containsAll(Pattern.compile("CARAVAN_\\w+(?==)")
                        .matcher(dockerfile)
                        .results()
                        .map(m -> m.group())
                        .toList());
    }

    @Test
    void every_secret_comes_from_outside() throws IOException {
        services()
                .forEach((name, service) -> map(map(service).get("environment")).forEach((key, value) -> {
                    if (key.matches(".*(PASSWORD|KEY|SECRET|ROOT_USER)")) {
                        assertThat(value.toString()).as(name + " " + key).matches(VARIABLE);
                    }
                }));
        Set<String> asked = VARIABLE.matcher(Files.readString(DOCKER.resolve("compose.yaml")))
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> example = Files.readAllLines(DOCKER.resolve(".env.example"));

        assertThat(example.stream().filter(line -> !line.startsWith("#")))
                .containsExactlyInAnyOrderElementsOf(
                        asked.stream().map(name -> name + "=").toList());
        assertThat(Files.readString(Path.of(".gitignore")).lines()).contains("docker/.env");
    }

    /** Debian's is the first generation, which knows all of the file but the project's name. */
    @Test
    void compose_itself_takes_it() throws Exception {
        assumeTrue(
                Files.isExecutable(COMPOSE), COMPOSE + " is not installed: the file is checked by its structure alone");
        String file = Files.readString(DOCKER.resolve("compose.yaml")).replaceFirst("(?m)^name: .*$", "");

        assertThat(compose(file)).isEmpty();
        assertThat(compose(file.replace("mem_limit", "memory"))).contains("Unsupported", "memory");
    }

    /** What it says of the file, with every variable given; nothing where all is well. */
    private static String compose(String file) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(COMPOSE.toString(), "--file", "-", "config", "--quiet")
                .directory(DOCKER.toFile())
                .redirectErrorStream(true);
        VARIABLE.matcher(file).results().forEach(m -> builder.environment().put(m.group(1), "given"));
        Process compose = builder.start();
        try (OutputStream in = compose.getOutputStream()) {
            in.write(file.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(compose.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return compose.waitFor() == 0 ? said : "refused: " + said;
    }

    @Test
    void the_image_runs_as_nobody_special_and_refuses_to_keep_records_in_itself() throws IOException {
        List<String> lines = Files.readAllLines(DOCKER.resolve("Dockerfile"));
        String text = String.join("\n", lines);

        assertThat(lines).contains("USER caravan", "ENTRYPOINT [\"java\", \"-jar\", \"caravan.jar\"]");
        assertThat(lines.indexOf("USER caravan")).isLessThan(lines.size() - 1);
        assertThat(text)
                .contains("CARAVAN_EMBEDDED_POSTGRES_REFUSE=true", "HEALTHCHECK", "/actuator/health/readiness")
                .contains("extract --layers");
    }

    private static Set<String> settings() {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new FileSystemResource("src/main/resources/application.yaml"));
        Properties properties = yaml.getObject();
        Set<String> known = new TreeSet<>(ALSO_SETTINGS);
        properties.stringPropertyNames().forEach(name -> known.add(environmentName(name)));
        return known;
    }

    /** As Spring Boot reads it: dots are underscores, hyphens are gone. {@code data-dir} is DATADIR, or as here DATA_DIR. */
    private static String environmentName(String setting) {
        return setting.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    }

    private Map<String, Object> services() {
        return map(compose.get("services"));
    }

    private Map<String, Object> service(String name) {
        return map(services().get(name));
    }

    private Map<String, Object> environment(String service) {
        return map(service(service).get("environment"));
    }

    private static String text(Map<String, Object> map, String key) {
        return String.valueOf(map.get(key));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    private static List<?> list(Object value) {
        return value == null ? List.of() : (List<?>) value;
    }

    private static Map<String, Object> load() {
        try {
            return map(new Yaml(new SafeConstructor(new LoaderOptions()))
                    .load(Files.readString(DOCKER.resolve("compose.yaml"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
