package io.caravan.source.profile;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * The YAML of one profile: nodes that know their lines.
 *
 * @param place the file, as an operator finds it
 * @param name the file's name without {@code .yaml}
 */
record ProfileFile(String place, String name, MappingNode root) {

    /** What each profile says for itself. */
    private static final Set<String> OWN = Set.of("name", "description", "detect");

    static ProfileFile parse(String place, String name, String yaml) {
        try {
            if (new Yaml(new LoaderOptions()).compose(new StringReader(yaml)) instanceof MappingNode root) {
                return new ProfileFile(place, name, root);
            }
            throw new ProfileException(place, 1, "keys with values are expected here");
        } catch (MarkedYAMLException e) {
            throw new ProfileException(place, e.getProblemMark().getLine() + 1, "this is not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new ProfileException(place, 1, "this is not YAML");
        }
    }

    /** This profile with what it leaves out taken from another one, key by key; a list is taken whole. */
    ProfileFile over(ProfileFile base) {
        List<NodeTuple> inherited = base.root.getValue().stream()
                .filter(entry -> !OWN.contains(key(entry)))
                .toList();
        return new ProfileFile(place, name, merged(root, inherited));
    }

    private static MappingNode merged(MappingNode own, List<NodeTuple> inherited) {
        Map<String, Node> rest = new HashMap<>();
        inherited.forEach(entry -> rest.put(key(entry), entry.getValueNode()));
        List<NodeTuple> entries = new ArrayList<>();
        for (NodeTuple entry : own.getValue()) {
            Node below = rest.remove(key(entry));
            entries.add(
                    entry.getValueNode() instanceof MappingNode mine && below instanceof MappingNode theirs
                            ? new NodeTuple(entry.getKeyNode(), merged(mine, theirs.getValue()))
                            : entry);
        }
        inherited.stream().filter(entry -> rest.containsKey(key(entry))).forEach(entries::add);
        return new MappingNode(own.getTag(), true, entries, own.getStartMark(), own.getEndMark(), own.getFlowStyle());
    }

    private static String key(NodeTuple entry) {
        return entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
    }
}
