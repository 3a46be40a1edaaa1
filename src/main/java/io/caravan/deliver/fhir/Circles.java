package io.caravan.deliver.fhir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Records that refer to each other in a circle, directly or through others: of each such group none can be written before
 * the others. They are the strongly connected components of what refers to what (Tarjan), walked without recursion.
 */
final class Circles {

    private record Step(String name, Iterator<String> targets) {}

    private final Map<String, Set<String>> references;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<List<String>> found = new ArrayList<>();

    private Circles(Map<String, Set<String>> references) {
        this.references = references;
    }

    /** Groups of two or more, what others refer to first; what is not a key of {@code references} counts for nothing. */
    static List<List<String>> of(Map<String, Set<String>> references) {
        Circles circles = new Circles(references);
        references.keySet().stream()
                .filter(name -> !circles.numbers.containsKey(name))
                .forEach(circles::walk);
        return circles.found;
    }

    private void walk(String start) {
        Deque<Step> path = new ArrayDeque<>();
        path.push(enter(start));
        while (!path.isEmpty()) {
            Step step = path.peek();
            if (step.targets().hasNext()) {
                String target = step.targets().next();
                if (!references.containsKey(target)) {
                    continue;
                }
                if (!numbers.containsKey(target)) {
                    path.push(enter(target));
                } else if (lowest.containsKey(target)) {
                    lower(step.name(), numbers.get(target));
                }
            } else {
                path.pop();
                leave(step.name(), path.peek());
            }
        }
    }

    private Step enter(String name) {
        int number = numbers.size();
        numbers.put(name, number);
        lowest.put(name, number);
        open.push(name);
        return new Step(name, references.get(name).iterator());
    }

    private void leave(String name, Step from) {
        int low = lowest.get(name);
        if (from != null) {
            lower(from.name(), low);
        }
        if (low == numbers.get(name)) {
            close(name);
        }
    }

    /** All that was opened since this name is its group, and closed with it. */
    private void close(String name) {
        List<String> group = new ArrayList<>();
        String member;
        do {
            member = open.pop();
            lowest.remove(member);
            group.add(member);
        } while (!member.equals(name));
        if (group.size() > 1) {
            found.add(group);
        }
    }

    private void lower(String name, int number) {
        lowest.merge(name, number, Math::min);
    }
}
