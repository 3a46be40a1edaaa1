package io.caravan.architecture;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A YAML file that knows its lines: what a gate finds is reported as {@code file:line}. */
record RouteFile(Path path, Node root) {

    static final Path ROUTES = Path.of("src/main/resources/routes");

    static List<RouteFile> all() {
        try (Stream<Path> files = Files.list(ROUTES)) {
            return files.sorted().map(RouteFile::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RouteFile read(Path path) {
        try (Reader reader = Files.newBufferedReader(path)) {
            return new RouteFile(path, new Yaml(new LoaderOptions()).compose(reader));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return path.getFileName().toString();
    }

    /** {@code pull} of {@code pull.camel.yaml}. */
    String stem() {
        return name().replace(".camel.yaml", "");
    }

    /** The values of all {@code route:} entries. */
    List<Node> routes() {
        return items(root).stream()
                .filter(entry -> child(entry, "route") != null)
                .map(entry -> child(entry, "route"))
                .toList();
    }

    String at(Node node) {
        return name() + ":" + line(node);
    }

    static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    /** The node that a JSON path names, or the nearest one above it that is there. */
    Node find(List<Object> path) {
        Node node = root;
        for (Object step : path) {
            Node next = step instanceof Integer index
                    ? items(node).size() > index ? items(node).get(index) : null
                    : child(node, step.toString());
            if (next == null) {
                return node;
            }
            node = next;
        }
        return node;
    }

    /** What stands under a key; null where the node is no mapping or has no such key. */
    static Node child(Node node, String key) {
        return entries(node).stream()
                .filter(e -> text(e.getKeyNode()).equals(key))
                .map(NodeTuple::getValueNode)
                .findFirst()
                .orElse(null);
    }

    /** The text under a key; empty where there is none. */
    static String text(Node node, String key) {
        return text(child(node, key));
    }

    static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    static List<Node> items(Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
    }

    static List<NodeTuple> entries(Node node) {
        return node instanceof MappingNode mapping ? mapping.getValue() : List.of();
    }
}
