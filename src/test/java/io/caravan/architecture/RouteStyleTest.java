package io.caravan.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;

/** Route files are written as docs/editing-routes.md says. */
class RouteStyleTest {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([\\w.-]+)}}");

    @Test
    void route_files_keep_to_the_style() {
        assertThat(RouteStyle.breaches(RouteFile.all())).isEmpty();
    }

    @Test
    void each_breach_is_named_with_its_file_and_line() {
        RouteFile broken = RouteFile.read(Path.of("src/test/resources/gates/style.camel.yaml"));

        assertThat(RouteStyle.breaches(List.of(broken)))
                .containsExactly(
                        "style.camel.yaml:3 the route's id 'LandPage' is not verb-noun in lower case",
                        "style.camel.yaml:3 route LandPage has no description",
                        "style.camel.yaml:3 route LandPage is in a group that no route file is named after",
                        "style.camel.yaml:6 route LandPage is entered as 'direct:store-page'; its from bears its id",
                        "style.camel.yaml:3 route LandPage is called by others and would swallow their failures:"
                                + " noErrorHandler",
                        "style.camel.yaml:8 to is written in shorthand; a visual editor would rewrite it",
                        "style.camel.yaml:9 bean has no id",
                        "style.camel.yaml:12 the id a-name-that-is-too-long has 23 characters; Hawtio shows 20",
                        "style.camel.yaml:29 when has no id",
                        "style.camel.yaml:32 the id look is taken by style.camel.yaml:15",
                        "style.camel.yaml:3 route LandPage has 15 steps; more than 10 do not read",
                        "style.camel.yaml:3 route LandPage decides 2 times; one choice a route",
                        "style.camel.yaml:43 nobody owns the failures of route poll-rows: routeConfigurationId",
                        "style.camel.yaml:49 delay is the plain number 500: a placeholder of application.yaml",
                        "style.camel.yaml:54 a number in the URI seda:rows?size=10: a placeholder of application.yaml");
    }

    @Test
    void every_placeholder_is_a_setting() throws IOException {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new FileSystemResource("src/main/resources/application.yaml"));
        Properties settings = yaml.getObject();

        for (RouteFile file : RouteFile.all()) {
            List<String> used = PLACEHOLDER
                    .matcher(Files.readString(file.path()))
                    .results()
                    .map(m -> m.group(1))
                    .toList();
            assertThat(settings.keySet()).as(file.name()).containsAll(used);
        }
    }
}
