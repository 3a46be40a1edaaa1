package io.caravan.testing;

import io.caravan.testing.JsonTree.Items;
import io.caravan.testing.JsonTree.Member;
import io.caravan.testing.JsonTree.Members;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where two JSON texts differ in value: numbers count as their text, items in their order, members in any. An object that was
 * added is told member by member.
 */
public final class JsonDifferences {

    /**
     * One place; it prints as a pointer alone, for the values are patients' data.
     *
     * @param sent null where it was added
     * @param held null where it is missing
     */
    public record Difference(String pointer, JsonTree sent, JsonTree held) {

        public boolean added() {
            return sent == null;
        }

        @Override
        public String toString() {
            return pointer + (added() ? " was added" : held == null ? " is missing" : " is another");
        }
    }

    private final List<Difference> found = new ArrayList<>();

    private JsonDifferences() {}

    public static List<Difference> between(byte[] sent, byte[] held) {
        JsonDifferences differences = new JsonDifferences();
        differences.compare("", JsonTree.of(sent), JsonTree.of(held));
        return List.copyOf(differences.found);
    }

    private void compare(String pointer, JsonTree sent, JsonTree held) {
        if (sent instanceof Members one && held instanceof Members other && unique(one) && unique(other)) {
            Map<String, JsonTree> expected = byName(one);
            Map<String, JsonTree> actual = byName(other);
            Set<String> names = new LinkedHashSet<>(expected.keySet());
            names.addAll(actual.keySet());
            names.forEach(name -> present(pointer + "/" + escaped(name), expected.get(name), actual.get(name)));
        } else if (sent instanceof Items one && held instanceof Items other) {
            for (int i = 0; i < Math.max(one.items().size(), other.items().size()); i++) {
                present(pointer + "/" + i, at(one, i), at(other, i));
            }
        } else if (!sent.equals(held)) {
            found.add(new Difference(pointer, sent, held));
        }
    }

    private void present(String pointer, JsonTree sent, JsonTree held) {
        if (sent == null && held instanceof Members added && !added.members().isEmpty()) {
            added.members().forEach(member -> present(pointer + "/" + escaped(member.name()), null, member.value()));
        } else if (sent == null || held == null) {
            found.add(new Difference(pointer, sent, held));
        } else {
            compare(pointer, sent, held);
        }
    }

    private static boolean unique(Members members) {
        return byName(members).size() == members.members().size();
    }

    private static Map<String, JsonTree> byName(Members members) {
        Map<String, JsonTree> byName = new LinkedHashMap<>();
        members.members().forEach((Member member) -> byName.put(member.name(), member.value()));
        return byName;
    }

    private static JsonTree at(Items items, int index) {
        return index < items.items().size() ? items.items().get(index) : null;
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
