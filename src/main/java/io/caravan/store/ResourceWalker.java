package io.caravan.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import io.caravan.support.ResourceTypes;
import io.caravan.support.payload.Payload;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Walks one resource, token by token, and notes what is in it and where. Decodes only the strings whose field name
 * matters; decides nothing before the end, because the order of the fields is the source's. Used once.
 */
final class ResourceWalker {

    // Depth counts open objects and lists below the resource's own: its fields are at 0, those of meta at 1.
    private static final int IN_ROOT = 0;
    private static final int IN_META = 1;
    private static final int IN_LIST_ITEM = 2;
    private static final int IN_META_CODING = 3;
    // No owning element is deeper (a list in a list item's object); a path of every reference would cost its depth.
    private static final int DEEPEST_OWNER = 4;

    private final Payload body;
    private final JsonParser parser;
    private final IdScope ids;
    private final ScopeEdits edits;
    private final Set<ReferenceTarget> references = new LinkedHashSet<>();
    private final List<PatientMention> mentions = new ArrayList<>();
    private final List<NamedResult> results = new ArrayList<>();
    private final AttachmentNotes attachments = new AttachmentNotes();
    private int depth;
    private int typeKeys;
    private int idKeys;
    private String type = "";
    private String id;
    private Optional<Instant> lastUpdated = Optional.empty();
    private boolean subsetted;

    /** @param parser at the resource's START_OBJECT */
    ResourceWalker(Payload body, JsonParser parser, IdScope ids) {
        this.body = body;
        this.parser = parser;
        this.ids = ids;
        this.edits = new ScopeEdits(body, ids);
    }

    /** Leaves the parser at the resource's END_OBJECT. */
    void walk() throws IOException {
        while (depth >= IN_ROOT) {
            switch (parser.nextToken()) {
                case START_OBJECT, START_ARRAY -> depth++;
                case END_OBJECT -> endObject();
                case END_ARRAY -> endArray();
                case FIELD_NAME -> fieldName();
                case VALUE_STRING -> string();
                case VALUE_NUMBER_INT -> number();
                default -> {}
            }
        }
    }

    boolean isOutcome() {
        return type.equals("OperationOutcome");
    }

    /** Why the resource cannot land, if so. */
    Optional<PageWarning> refusal(String place) {
        if (typeKeys > 1 || idKeys > 1) {
            return warning("ambiguous_id", place, "has id or resourceType twice");
        }
        if (!ResourceTypes.isKnown(type)) {
            return warning("unknown_type", place, "has no resourceType of FHIR R4");
        }
        if (isOutcome()) {
            return Optional.empty();
        }
        if (id == null) {
            return warning("missing_id", place, type + " without id");
        }
        return ids.refuses(id)
                ? warning("id_refused", place, type + " with an id that cannot be kept")
                : Optional.empty();
    }

    /** The resource between two offsets of the page; only where there is no refusal. */
    CutResource cut(int start, int end) {
        // A Bundle's or Parameters' inner references are relative to its own entries, not to the source.
        boolean opaque = type.equals("Bundle") || type.equals("Parameters");
        Content content = Content.of(body, start, end, edits.of(type, id, opaque));
        return new CutResource(
                type,
                ids.scopeId(id),
                id,
                lastUpdated,
                subsetted,
                opaque ? List.of() : patients(),
                opaque ? List.of() : references(),
                opaque ? List.of() : results(),
                opaque ? List.of() : attachments.links(),
                content);
    }

    private static Optional<PageWarning> warning(String code, String place, String what) {
        return Optional.of(new PageWarning(code, place + ": " + what));
    }

    private List<String> patients() {
        if (type.equals("Patient")) {
            return List.of(id);
        }
        return mentions.stream()
                .filter(mention -> Owners.owns(type, mention.path()))
                .map(PatientMention::originalId)
                .distinct()
                .toList();
    }

    private List<ReferenceTarget> references() {
        return references.stream()
                .filter(target -> !ids.refuses(target.originalId()))
                .toList();
    }

    private List<ReferenceTarget> results() {
        return results.stream()
                .filter(named -> Results.names(type, named.field()))
                .map(NamedResult::target)
                .filter(target -> !ids.refuses(target.originalId()))
                .distinct()
                .toList();
    }

    private void endObject() throws IOException {
        attachments.endOfObject(depth);
        depth--;
        if (depth == IN_ROOT && "meta".equals(parser.currentName())) {
            edits.endOfMeta(lastByte());
        }
    }

    private void endArray() throws IOException {
        depth--;
        if (depth == IN_ROOT && "identifier".equals(parser.currentName())) {
            edits.endOfIdentifiers(lastByte());
        }
    }

    private void fieldName() throws IOException {
        if (depth == IN_ROOT) {
            switch (parser.currentName()) {
                case "resourceType" -> typeKeys++;
                case "id" -> idKeys++;
                case "meta" -> edits.startOfMeta();
                case "identifier" -> edits.startOfIdentifiers();
                default -> {}
            }
        } else if (depth == IN_META && parser.currentName().equals("source") && isIn(parent(), "meta")) {
            edits.metaHasSource();
        }
    }

    private void string() throws IOException {
        String name = parser.currentName();
        if (name == null) {
            return;
        }
        switch (name) {
            case "reference" -> reference();
            case "url" -> url();
            case "id" -> id();
            case "resourceType" -> type = depth == IN_ROOT ? parser.getText() : type;
            case "lastUpdated" -> lastUpdated();
            case "code" -> metaCode();
            case "contentType" -> attachments.contentType(depth, parser.getText());
            default -> {}
        }
    }

    private void number() throws IOException {
        if ("size".equals(parser.currentName()) && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            attachments.size(depth, parser.getLongValue());
        }
    }

    private void id() throws IOException {
        if (depth == IN_ROOT) {
            int start = firstByte();
            id = parser.getText();
            edits.id(start, lastByte() + 1);
        }
    }

    private void reference() throws IOException {
        int start = firstByte();
        String text = parser.getText();
        if (depth <= DEEPEST_OWNER) {
            ids.patient(text).ifPresent(patient -> mentions.add(new PatientMention(path(), patient)));
        }
        Optional<IdScope.LocalReference> found = ids.localReference(text);
        if (found.isPresent()) {
            IdScope.LocalReference reference = found.get();
            references.add(reference.target());
            if (depth == IN_LIST_ITEM && parent().inArray()) {
                results.add(new NamedResult(parent().getParent().getCurrentName(), reference.target()));
            }
            if (ids.scoped()) {
                edits.text(start, lastByte() + 1, ids.scoped(reference));
            }
        }
    }

    private void url() throws IOException {
        if (depth == IN_ROOT || isNoAttachment(parent())) {
            return;
        }
        int start = firstByte();
        String url = parser.getText();
        ids.binary(url)
                .ifPresent(found -> attachments.binary(depth, found.target().originalId()));
        String landed = ids.attachmentUrl(url);
        if (!landed.equals(url)) {
            edits.text(start, lastByte() + 1, landed);
        }
    }

    private void lastUpdated() throws IOException {
        if (depth == IN_META && isIn(parent(), "meta")) {
            lastUpdated = FhirInstant.parse(parser.getText());
        }
    }

    private void metaCode() throws IOException {
        if (depth == IN_META_CODING && !subsetted) {
            JsonStreamContext list = parent();
            JsonStreamContext meta = list.getParent();
            subsetted = (isIn(meta, "tag") || isIn(meta, "security"))
                    && isIn(meta.getParent(), "meta")
                    && parser.getText().equals("SUBSETTED");
        }
    }

    private int firstByte() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Of the token just read; a string counts as read once its text was asked for. */
    private int lastByte() {
        return (int) parser.currentLocation().getByteOffset() - 1;
    }

    private JsonStreamContext parent() {
        return parser.getParsingContext().getParent();
    }

    private static boolean isIn(JsonStreamContext context, String name) {
        return name.equals(context.getCurrentName());
    }

    /** An object has a url of another kind if it is an extension or a contained resource. */
    private static boolean isNoAttachment(JsonStreamContext parent) {
        JsonStreamContext holder = parent.inArray() ? parent.getParent() : parent;
        return isIn(holder, "extension") || isIn(holder, "modifierExtension") || isIn(holder, "contained");
    }

    /** Element names from the root to the object that is being read: {@code participant.actor}. */
    private String path() {
        String path = "";
        JsonStreamContext context = parser.getParsingContext();
        for (int level = depth; level > IN_ROOT; level--) {
            context = context.getParent();
            if (context.getCurrentName() != null) {
                path = path.isEmpty() ? context.getCurrentName() : context.getCurrentName() + "." + path;
            }
        }
        return path;
    }

    private record PatientMention(String path, String originalId) {}

    private record NamedResult(String field, ReferenceTarget target) {}
}
