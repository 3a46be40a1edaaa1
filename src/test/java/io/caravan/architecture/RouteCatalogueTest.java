package io.caravan.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Route;
import org.apache.camel.component.sql.SqlConsumer;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** docs/routes.md says what runs, and each failure has exactly one owner. The routes are loaded, not started. */
@SpringBootTest(properties = {"camel.main.auto-startup=false", "camel.component.quartz.auto-start-scheduler=false"})
class RouteCatalogueTest {

    private static final Path CATALOGUE = Path.of("docs/routes.md");

    @Autowired
    ModelCamelContext camel;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        TestDatabase.register(registry);
    }

    @Test
    void the_catalogue_is_what_runs() throws IOException {
        String now = RouteCatalogue.of(camel);
        if (Boolean.getBoolean("caravan.update-catalogue")) {
            Files.writeString(CATALOGUE, now);
        }

        assertThat(Files.readString(CATALOGUE).lines())
                .as("docs/routes.md; renew it: mvn test -Dtest=RouteCatalogueTest -Dcaravan.update-catalogue=true")
                .containsExactlyElementsOf(now.lines().toList());
    }

    @Test
    void every_route_says_what_it_is_and_what_it_belongs_to() {
        assertThat(camel.getRouteDefinitions()).isNotEmpty().allSatisfy(route -> {
            assertThat(route.hasCustomIdAssigned()).as(route.getId()).isTrue();
            assertThat(route.getGroup()).as(route.getId()).isNotBlank();
            assertThat(route.getDescriptionText()).as(route.getId()).isNotBlank();
        });
    }

    @Test
    void each_failure_has_exactly_one_owner() {
        List<String> policies = camel.getRouteConfigurationDefinitions().stream()
                .map(RouteConfigurationDefinition::getId)
                .toList();

        assertThat(policies).as("a policy without a name would own every route").doesNotContainNull();
        for (RouteDefinition route : camel.getRouteDefinitions()) {
            boolean called = route.getInput().getEndpointUri().startsWith("direct:");
            if (called) {
                assertThat(isLeaf(route))
                        .as("%s leaves failures to its caller", route.getId())
                        .isTrue();
                assertThat(route.getRouteConfigurationId()).as(route.getId()).isNull();
            } else {
                assertThat(route.getRouteConfigurationId())
                        .as("who owns the failures of %s", route.getId())
                        .isIn(policies);
                assertThat(isLeaf(route)).as(route.getId()).isFalse();
            }
        }
        assertThat(camel.getRouteDefinitions().stream().map(RouteDefinition::getRouteConfigurationId))
                .as("every policy is some route's")
                .containsAll(policies);
    }

    @Test
    void every_policy_ends_with_a_line_that_catches_everything() {
        assertThat(camel.getRouteConfigurationDefinitions()).isNotEmpty().allSatisfy(policy -> {
            var last = policy.getOnExceptions().get(policy.getOnExceptions().size() - 1);
            assertThat(last.getExceptions()).as(policy.getId()).containsExactly("java.lang.Exception");
            assertThat(last.getOnWhen()).as(policy.getId()).isNull();
            assertThat(last.getHandledPolicy()).as(policy.getId()).hasToString("true");
        });
    }

    @Test
    void a_poll_that_fails_is_its_routes_failure() {
        List<Route> polls = camel.getRoutes().stream()
                .filter(route -> route.getConsumer() instanceof SqlConsumer)
                .toList();

        assertThat(polls)
                .isNotEmpty()
                .allSatisfy(route -> assertThat(((SqlConsumer) route.getConsumer())
                                .getEndpoint()
                                .isBridgeErrorHandler())
                        .as(route.getRouteId())
                        .isTrue());
    }

    private static boolean isLeaf(RouteDefinition route) {
        return route.getErrorHandlerFactory() instanceof NoErrorHandlerDefinition;
    }
}
