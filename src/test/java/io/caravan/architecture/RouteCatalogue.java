package io.caravan.architecture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.MethodCallExpression;

/** The text of docs/routes.md: every route of a running Camel, by group. */
final class RouteCatalogue {

    private static final String HEAD = """
            # Routes

            Every route of a running Caravan, by group: where it starts, what it says of itself, what it calls and in which order,
            and who owns its failures (`caller`: the route that called it). Generated; after a change of a route:

            ```sh
            mvn test -Dtest=RouteCatalogueTest -Dcaravan.update-catalogue=true
            ```

            The pictures are what Hawtio draws, with the counters of one patient's way; they need `/usr/bin/chromium`:

            ```sh
            mvn verify -Dit.test=RouteDiagramsIT -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dcaravan.pictures=docs/images
            ```
            """;

    private RouteCatalogue() {}

    static String of(ModelCamelContext camel) {
        Map<String, List<RouteDefinition>> groups = camel.getRouteDefinitions().stream()
                .sorted(Comparator.comparing(RouteDefinition::getId))
                .collect(Collectors.groupingBy(RouteDefinition::getGroup, TreeMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder(HEAD);
        groups.forEach((group, routes) -> {
            text.append("\n## %s\n".formatted(group));
            text.append(picture(group));
            text.append("| route | from | what it does | calls | failures |\n|---|---|---|---|---|\n");
            routes.forEach(route -> text.append(row(route)));
        });
        return text.toString();
    }

    /** As Hawtio draws it, where RouteDiagramsIT has taken it. */
    private static String picture(String group) {
        String picture = "images/hawtio-%s.png".formatted(group);
        return Files.exists(Path.of("docs", picture))
                ? "![The routes of %s in Hawtio](%s)\n\n".formatted(group, picture)
                : "";
    }

    private static String row(RouteDefinition route) {
        String calls =
                calls(route.getOutputs()).distinct().map(c -> "`" + c + "`").collect(Collectors.joining(", "));
        String owner = route.getRouteConfigurationId() == null ? "caller" : "`" + route.getRouteConfigurationId() + "`";
        return "| `%s` | `%s` | %s | %s | %s |\n"
                .formatted(route.getId(), address(uri(route)), route.getDescriptionText(), calls, owner);
    }

    private static String uri(RouteDefinition route) {
        return route.getInput().getEndpointUri();
    }

    private static Stream<String> calls(List<ProcessorDefinition<?>> steps) {
        return steps.stream()
                .filter(step -> !(step instanceof OnExceptionDefinition || step instanceof OnCompletionDefinition))
                .flatMap(step -> Stream.concat(call(step).filter(Objects::nonNull), calls(step.getOutputs())));
    }

    private static Stream<String> call(ProcessorDefinition<?> step) {
        if (step instanceof BeanDefinition bean) {
            return Stream.of(bean.getRef() + "." + bean.getMethod());
        } else if (step instanceof ToDynamicDefinition to) {
            return Stream.of(address(to.getUri()));
        } else if (step instanceof EndpointRequiredDefinition to) {
            return Stream.of(address(to.getEndpointUri()));
        } else if (step instanceof SetVariableDefinition variable) {
            return method(variable);
        } else {
            return step instanceof ExpressionNode decides ? method(decides) : Stream.empty();
        }
    }

    private static Stream<String> method(ExpressionNode step) {
        return step.getExpression() instanceof MethodCallExpression call
                ? Stream.of(call.getRef() + "." + call.getMethod())
                : Stream.empty();
    }

    /** Without its options: numbers stand in application.yaml, clients have their own names. */
    private static String address(String uri) {
        return uri.contains("?") ? uri.substring(0, uri.indexOf('?')) : uri;
    }
}
