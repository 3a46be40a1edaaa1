package io.caravan.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The attachments of one resource, gathered while it is walked: what stands beside a url may come before or after it.
 * Depths are the walker's: each names one open object.
 */
final class AttachmentNotes {

    private final Map<Integer, Note> open = new HashMap<>();
    private final List<AttachmentLink> links = new ArrayList<>();

    void binary(int depth, String id) {
        note(depth).binaryId = id;
    }

    void contentType(int depth, String type) {
        note(depth).contentType = Optional.of(type);
    }

    void size(int depth, long bytes) {
        note(depth).size = Optional.of(bytes);
    }

    void endOfObject(int depth) {
        Note note = open.isEmpty() ? null : open.remove(depth);
        if (note != null && note.binaryId != null) {
            links.add(new AttachmentLink(note.binaryId, note.contentType, note.size));
        }
    }

    /** In source order; a Binary that stands in several places is there as often. */
    List<AttachmentLink> links() {
        return links;
    }

    private Note note(int depth) {
        return open.computeIfAbsent(depth, d -> new Note());
    }

    private static final class Note {
        private String binaryId;
        private Optional<String> contentType = Optional.empty();
        private Optional<Long> size = Optional.empty();
    }
}
