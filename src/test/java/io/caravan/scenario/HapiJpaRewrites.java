package io.caravan.scenario;

import io.caravan.testing.JsonDifferences;
import io.caravan.testing.JsonDifferences.Difference;
import io.caravan.testing.JsonTree;
import io.caravan.testing.JsonTree.Items;
import io.caravan.testing.JsonTree.Members;
import io.caravan.testing.JsonTree.Text;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What HAPI FHIR's JPA server adds to a resource or rewrites in it, each with its reason. All else is a difference. */
final class HapiJpaRewrites {

    private static final String PROFILES = "/meta/profile";

    /** FHIR R4 § 3.1.0.2: a server that is written to counts versions and tells the time itself, whatever it is sent. */
    private static final Set<String> SERVERS_OWN = Set.of("/meta/versionId", "/meta/lastUpdated");

    /** HAPI keeps the id of the request that wrote a resource behind "#"; only where none was sent it is all there is. */
    private static final String SOURCE = "/meta/source";

    private HapiJpaRewrites() {}

    /** The differences between a resource as it was sent and as the server has it that no reason here explains. */
    static List<Difference> unexplained(byte[] sent, byte[] held) {
        boolean sameProfiles = asSet(profiles(sent)).equals(asSet(profiles(held)))
                && profiles(sent).size() == profiles(held).size();
        return JsonDifferences.between(sent, held).stream()
                .filter(one -> !SERVERS_OWN.contains(one.pointer()))
                .filter(one -> !(one.pointer().equals(SOURCE) && one.added() && namesRequest(one.held())))
                // HAPI has a resource's profiles in a table, as a set: they come back in any order (FHIR gives it no
                // meaning).
                .filter(one -> !(sameProfiles && one.pointer().startsWith(PROFILES + "/")))
                .toList();
    }

    private static boolean namesRequest(JsonTree source) {
        return source instanceof Text text && text.value().matches("#[A-Za-z0-9]{16}");
    }

    private static List<JsonTree> profiles(byte[] resource) {
        JsonTree found = member(member(JsonTree.of(resource), "meta"), "profile");
        return found instanceof Items profiles ? profiles.items() : List.of();
    }

    private static Set<JsonTree> asSet(List<JsonTree> items) {
        return new HashSet<>(items);
    }

    private static JsonTree member(JsonTree of, String name) {
        return of instanceof Members members
                ? members.members().stream()
                        .filter(member -> member.name().equals(name))
                        .map(JsonTree.Member::value)
                        .findFirst()
                        .orElse(null)
                : null;
    }
}
