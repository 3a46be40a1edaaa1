package io.caravan.store;

import static io.caravan.store.Pages.bundle;
import static io.caravan.store.Pages.onlyOriginal;
import static io.caravan.store.Pages.onlyScoped;
import static io.caravan.store.Pages.text;
import static io.caravan.store.Pages.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.testing.JsonTree;
import io.caravan.testing.JsonTree.Items;
import io.caravan.testing.JsonTree.Member;
import io.caravan.testing.JsonTree.Members;
import io.caravan.testing.JsonTree.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The promises of fidelity and ids, kept for resources that nobody thought of. */
class RandomResourcesTest {

    private static final int RESOURCES = 3000;
    private static final Pattern SPACE_OR_STRING = Pattern.compile("(\"(?:[^\"\\\\]|\\\\.)*+\")|[ \\n\\r\\t]+");
    private static final Member IDENTIFIER = new Member(
            "identifier",
            new Items(List.of(new Members(
                    List.of(new Member("system", new Text(Pages.BASE)), new Member("value", new Text("id-1")))))));

    @Test
    void an_original_resource_loses_its_whitespace_and_nothing_else() {
        RandomResources random = new RandomResources(1);
        for (int i = 0; i < RESOURCES; i++) {
            String resource = random.next();
            String expected = SPACE_OR_STRING.matcher(resource).replaceAll("$1");
            assertThat(text(onlyOriginal(resource))).isEqualTo(expected);
            assertThat(text(onlyOriginal(bundle(resource)))).isEqualTo(expected);
        }
    }

    @Test
    void a_scoped_resource_is_the_tree_that_a_slow_rewrite_of_every_node_makes() {
        RandomResources random = new RandomResources(2);
        for (int i = 0; i < RESOURCES; i++) {
            String resource = random.next();
            CutResource cut = onlyScoped(bundle(resource));
            Members sent = (Members) JsonTree.of(utf8(resource));
            assertThat(JsonTree.of(cut.content().bytes())).as(resource).isEqualTo(rewritten(sent, cut.type()));
            assertThat(SPACE_OR_STRING.matcher(text(cut)).replaceAll("$1")).isEqualTo(text(cut));
        }
    }

    private static JsonTree rewritten(Members root, String type) {
        Member source = new Member("source", new Text(Pages.BASE + "/" + type + "/id-1"));
        List<Member> members = new ArrayList<>();
        for (Member member : root.members()) {
            JsonTree value = rewritten(member.name(), member.value());
            if (member.name().equals("id")) {
                members.add(new Member("id", new Text("src-id-1")));
                if (!root.has("meta")) {
                    members.add(new Member("meta", new Members(List.of(source))));
                }
                if (type.equals("Patient") && !root.has("identifier")) {
                    members.add(IDENTIFIER);
                }
            } else if (member.name().equals("meta") && value instanceof Members meta && !meta.has("source")) {
                members.add(new Member("meta", new Members(joined(meta.members(), List.of(source)))));
            } else if (type.equals("Patient")
                    && member.name().equals("identifier")
                    && value instanceof Items identifiers) {
                Items added = (Items) IDENTIFIER.value();
                members.add(new Member("identifier", new Items(joined(identifiers.items(), added.items()))));
            } else {
                members.add(new Member(member.name(), value));
            }
        }
        return new Members(members);
    }

    private static JsonTree rewritten(String name, JsonTree value) {
        if (value instanceof Text text && name.equals("reference")) {
            return new Text(Pages.SCOPED.scopeReference(text.value()));
        }
        if (value instanceof Items list) {
            return new Items(
                    list.items().stream().map(item -> rewritten("", item)).toList());
        }
        if (value instanceof Members object) {
            return new Members(object.members().stream()
                    .map(member -> new Member(member.name(), rewritten(member.name(), member.value())))
                    .toList());
        }
        return value;
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
