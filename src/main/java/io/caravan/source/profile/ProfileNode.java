package io.caravan.source.profile;

import io.caravan.support.ResourceTypes;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The keys of one level of a profile's file, read with their types; what is wrong is said with its line. */
final class ProfileNode {

    private final String file;
    private final Node node;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    ProfileNode(String file, Node node) {
        this.file = file;
        this.node = node;
        if (!(node instanceof MappingNode mapping)) {
            throw wrong(node, "keys with values are expected here");
        }
        for (NodeTuple entry : mapping.getValue()) {
            String key = scalar(entry.getKeyNode(), "a key");
            if (entries.put(key, entry) != null) {
                throw wrong(entry.getKeyNode(), "the key %s stands here twice".formatted(key));
            }
        }
    }

    /** Refuses every key that nobody has asked for. */
    void done() {
        entries.forEach((key, entry) -> {
            if (!asked.contains(key)) {
                throw wrong(
                        entry.getKeyNode(), "unknown key %s; known here: %s".formatted(key, String.join(", ", asked)));
            }
        });
    }

    ProfileNode section(String key) {
        return new ProfileNode(file, value(key));
    }

    /** What the reading gives where the key is there. */
    <T> Optional<T> optional(String key, Supplier<T> reading) {
        asked.add(key);
        return entries.containsKey(key) ? Optional.of(reading.get()) : Optional.empty();
    }

    String text(String key) {
        return scalar(value(key), key);
    }

    boolean bool(String key) {
        return choice(key, Map.of("true", true, "false", false));
    }

    int integer(String key, int from, int to) {
        String digits = text(key);
        if (digits.matches("\\d{1,9}")) {
            int number = Integer.parseInt(digits);
            if (number >= from && number <= to) {
                return number;
            }
        }
        throw wrong(key, "must be a number from %d to %d".formatted(from, to));
    }

    /** Longer than nothing, written as ISO-8601 does. */
    Duration duration(String key) {
        try {
            Duration duration = Duration.parse(text(key));
            if (!duration.isNegative() && !duration.isZero()) {
                return duration;
            }
        } catch (DateTimeException e) {
            throw wrong(key, "must be a duration such as PT5M or P7D");
        }
        throw wrong(key, "must be longer than nothing");
    }

    DataSize size(String key) {
        try {
            return DataSize.parse(text(key));
        } catch (IllegalArgumentException e) {
            throw wrong(key, "must be a size such as 20MB");
        }
    }

    <T> T choice(String key, Map<String, T> choices) {
        T chosen = choices.get(text(key));
        if (chosen == null) {
            throw wrong(
                    key,
                    "must be one of "
                            + String.join(
                                    ", ", choices.keySet().stream().sorted().toList()));
        }
        return chosen;
    }

    List<String> texts(String key) {
        return items(key, item -> scalar(item, "each of " + key));
    }

    List<String> types(String key) {
        return items(key, item -> type(item, scalar(item, "each of " + key)));
    }

    /** Name and text of each key of a section, in their order. */
    Map<String, String> pairs(String key) {
        return section(key).pairs();
    }

    List<Map<String, String>> listOfPairs(String key) {
        return items(key, item -> new ProfileNode(file, item).pairs());
    }

    /** A section whose keys are resource types, each with a section of its own. */
    <T> Map<String, T> byType(String key, Function<ProfileNode, T> reading) {
        Map<String, T> byType = new LinkedHashMap<>();
        section(key)
                .entries
                .forEach((type, entry) -> byType.put(
                        type(entry.getKeyNode(), type), reading.apply(new ProfileNode(file, entry.getValueNode()))));
        return byType;
    }

    ProfileException wrong(String key, String problem) {
        NodeTuple entry = entries.get(key);
        return wrong(entry == null ? node : entry.getKeyNode(), key + " " + problem);
    }

    private Map<String, String> pairs() {
        Map<String, String> pairs = new LinkedHashMap<>();
        entries.forEach((name, entry) -> pairs.put(name, scalar(entry.getValueNode(), name)));
        return pairs;
    }

    private String type(Node at, String type) {
        if (!ResourceTypes.isKnown(type)) {
            throw wrong(at, type + " is no resource type of FHIR R4");
        }
        return type;
    }

    private Node value(String key) {
        asked.add(key);
        NodeTuple entry = entries.get(key);
        if (entry == null) {
            throw wrong(node, "the key %s is missing".formatted(key));
        }
        return entry.getValueNode();
    }

    private <T> List<T> items(String key, Function<Node, T> reading) {
        if (value(key) instanceof SequenceNode sequence) {
            return sequence.getValue().stream().map(reading).toList();
        }
        throw wrong(key, "must be a list");
    }

    private String scalar(Node value, String what) {
        if (value instanceof ScalarNode scalar
                && !scalar.getTag().equals(Tag.NULL)
                && !scalar.getValue().isBlank()) {
            return scalar.getValue();
        }
        throw wrong(value, what + " must be a text");
    }

    private ProfileException wrong(Node at, String problem) {
        return new ProfileException(file, at.getStartMark().getLine() + 1, problem);
    }
}
