package io.caravan.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** How route files are written (docs/editing-routes.md), checked over all of them: each breach as {@code file:line}. */
final class RouteStyle {

    private static final int LONGEST_ID = 20;
    private static final int MOST_STEPS = 10;
    private static final Pattern VERB_NOUN = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)+");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?\\s?(ms|s|m|h|KB|MB)?");
    private static final Pattern NUMBER_IN_URI = Pattern.compile("[?&](\\w+)=" + NUMBER.pattern() + "(&|$)");
    /** Entries that hold steps but are none: their own steps are found below them. */
    private static final Set<String> BRANCHES = Set.of("when", "otherwise", "doCatch", "doFinally");

    private final List<String> findings = new ArrayList<>();
    private final Map<String, String> ids = new TreeMap<>();
    private final Set<String> groups;

    private RouteStyle(List<RouteFile> files) {
        groups = new TreeSet<>(files.stream().map(RouteFile::stem).toList());
    }

    /** All breaches in these files; ids are unique over all of them. */
    static List<String> breaches(List<RouteFile> files) {
        RouteStyle style = new RouteStyle(files);
        files.forEach(file -> file.routes().forEach(route -> style.route(file, route)));
        return style.findings;
    }

    private void route(RouteFile file, Node route) {
        String id = RouteFile.text(route, "id");
        if (!VERB_NOUN.matcher(id).matches()) {
            add(file, route, "the route's id '%s' is not verb-noun in lower case", id);
        }
        unique(file, route, id);
        for (String key : List.of("group", "description")) {
            if (RouteFile.text(route, key).isBlank()) {
                add(file, route, "route %s has no %s", id, key);
            }
        }
        if (!groups.contains(RouteFile.text(route, "group"))) {
            add(file, route, "route %s is in a group that no route file is named after", id);
        }
        Node from = RouteFile.child(route, "from");
        from(file, route, id, from);
        owner(file, route, id, from);
        numbers(file, from);
        Counts counts = new Counts();
        steps(file, RouteFile.child(from, "steps"), counts);
        if (counts.steps > MOST_STEPS) {
            add(file, route, "route %s has %d steps; more than %d do not read", id, counts.steps, MOST_STEPS);
        }
        if (counts.choices > 1) {
            add(file, route, "route %s decides %d times; one choice a route", id, counts.choices);
        }
    }

    private static final class Counts {
        private int steps;
        private int choices;
    }

    /** A route is entered by its own name, whatever enters it. */
    private void from(RouteFile file, Node route, String id, Node from) {
        String uri = RouteFile.text(from, "uri");
        List<String> allowed = List.of(
                "direct:" + id,
                "seda:" + id,
                "timer:" + id,
                "quartz:caravan/" + id,
                "sql:classpath:sql/[a-z]+/" + id + "\\.sql");
        if (allowed.stream().noneMatch(uri::matches)) {
            add(file, from == null ? route : from, "route %s is entered as '%s'; its from bears its id", id, uri);
        }
    }

    /** Exactly one owner: whoever calls a direct route owns its failures; all others name their policy. */
    private void owner(RouteFile file, Node route, String id, Node from) {
        boolean leaf = RouteFile.child(RouteFile.child(route, "errorHandler"), "noErrorHandler") != null;
        boolean owner = !RouteFile.text(route, "routeConfigurationId").isEmpty();
        boolean called = RouteFile.text(from, "uri").startsWith("direct:");
        if (called && !leaf) {
            add(file, route, "route %s is called by others and would swallow their failures: noErrorHandler", id);
        }
        if (!called && !owner) {
            add(file, route, "nobody owns the failures of route %s: routeConfigurationId", id);
        }
        if (leaf && owner) {
            add(file, route, "route %s has noErrorHandler and a routeConfigurationId", id);
        }
    }

    private void steps(RouteFile file, Node steps, Counts counts) {
        for (Node step : RouteFile.items(steps)) {
            for (NodeTuple entry : RouteFile.entries(step)) {
                String kind = RouteFile.text(entry.getKeyNode());
                counts.steps++;
                step(file, kind, entry.getKeyNode(), entry.getValueNode());
                counts.choices += kind.equals("choice") ? 1 : 0;
                below(file, entry.getValueNode(), counts);
            }
        }
    }

    private void step(RouteFile file, String kind, Node key, Node step) {
        if (step instanceof ScalarNode) {
            add(file, key, "%s is written in shorthand; a visual editor would rewrite it", kind);
            return;
        }
        String id = RouteFile.text(step, "id");
        if (id.isEmpty()) {
            add(file, key, "%s has no id", kind);
        } else if (id.length() > LONGEST_ID) {
            add(file, key, "the id %s has %d characters; Hawtio shows %d", id, id.length(), LONGEST_ID);
        }
        unique(file, key, id);
        numbers(file, step);
    }

    /** The steps within a step, and within the branches of a choice or try. */
    private void below(RouteFile file, Node step, Counts counts) {
        steps(file, RouteFile.child(step, "steps"), counts);
        for (NodeTuple entry : RouteFile.entries(step)) {
            if (BRANCHES.contains(RouteFile.text(entry.getKeyNode()))) {
                Node branch = entry.getValueNode();
                List<Node> branches = branch instanceof MappingNode ? List.of(branch) : RouteFile.items(branch);
                branches.forEach(b -> {
                    step(file, RouteFile.text(entry.getKeyNode()), b, b);
                    below(file, b, counts);
                });
            }
        }
    }

    private void unique(RouteFile file, Node node, String id) {
        String other = ids.putIfAbsent(id, file.at(node));
        if (other != null && !id.isEmpty()) {
            add(file, node, "the id %s is taken by %s", id, other);
        }
    }

    /** Of a from or a step and its parameters; 0 says "none" or "no limit" and is no number to tune. */
    private void numbers(RouteFile file, Node node) {
        String uri = RouteFile.text(node, "uri");
        if (NUMBER_IN_URI.matcher(uri).find()) {
            add(file, RouteFile.child(node, "uri"), "a number in the URI %s: a placeholder of application.yaml", uri);
        }
        List<NodeTuple> entries = new ArrayList<>(RouteFile.entries(node));
        entries.addAll(RouteFile.entries(RouteFile.child(node, "parameters")));
        for (NodeTuple entry : entries) {
            String key = RouteFile.text(entry.getKeyNode());
            String value = RouteFile.text(entry.getValueNode());
            if (!value.equals("0") && NUMBER.matcher(value).matches()) {
                add(
                        file,
                        entry.getKeyNode(),
                        "%s is the plain number %s: a placeholder of application.yaml",
                        key,
                        value);
            }
        }
    }

    private void add(RouteFile file, Node node, String finding, Object... values) {
        findings.add(file.at(node) + " " + finding.formatted(values));
    }
}
