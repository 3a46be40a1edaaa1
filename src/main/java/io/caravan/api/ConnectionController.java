package io.caravan.api;

import io.caravan.connection.Connection;
import io.caravan.connection.ConnectionCredentials;
import io.caravan.connection.ConnectionDraft;
import io.caravan.connection.Connections;
import io.caravan.connection.Connections.Connected;
import io.caravan.connection.Disconnect;
import io.caravan.connection.Erase;
import io.caravan.connection.Erasure;
import io.caravan.connection.Erasures;
import io.caravan.connection.Grant;
import io.caravan.run.Pull;
import io.caravan.run.Pulls;
import io.caravan.support.CaravanException;
import io.caravan.support.IfMatch;
import io.caravan.support.paging.Paging;
import io.caravan.support.paging.Slice;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/organizations/{org}/connections")
class ConnectionController {

    private final Connections connections;
    private final Pulls pulls;
    private final Triggers triggers;
    private final Erasures erasures;

    ConnectionController(Connections connections, Pulls pulls, Triggers triggers, Erasures erasures) {
        this.connections = connections;
        this.erasures = erasures;
        this.pulls = pulls;
        this.triggers = triggers;
    }

    /** New credentials after the patient reconnected; {@code {}} for a source that turned open. */
    record ConnectionPatch(String scope, String requestedScope, ConnectionCredentials credentials) {}

    @PostMapping
    ResponseEntity<ConnectionView> connect(@PathVariable String org, @RequestBody ConnectionDraft body) {
        Connected connected = connections.connect(org, body);
        ConnectionView view = view(org, connected.connection());
        return ResponseEntity.status(connected.created() ? HttpStatus.CREATED : HttpStatus.OK)
                .location(URI.create("/api/v1/organizations/%s/connections/%s".formatted(org, view.id())))
                .eTag(IfMatch.tag(view.updatedAt(), view))
                .body(view);
    }

    @GetMapping
    Slice<ConnectionView> list(
            @PathVariable String org,
            @RequestParam(required = false) String status,
            @RequestParam(required = false) Integer limit,
            @RequestParam(required = false) String cursor) {
        Slice<Connection> page =
                connections.list(org, Filters.status(status, Filters.CONNECTION_STATUS), Paging.of(limit, cursor));
        Map<String, Pull> latest =
                pulls.latestOf(org, page.data().stream().map(Connection::id).toList());
        return page.map(connection -> ConnectionView.of(connection, latest.get(connection.id())));
    }

    @GetMapping("/{connection}")
    ResponseEntity<ConnectionView> read(@PathVariable String org, @PathVariable String connection) {
        return tagged(view(org, connections.get(org, connection)));
    }

    @PatchMapping("/{connection}")
    ResponseEntity<ConnectionView> reconnect(
            @PathVariable String org,
            @PathVariable String connection,
            @RequestBody ConnectionPatch body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) String ifMatch) {
        if (body.credentials() == null) {
            throw CaravanException.invalidField("credentials", "is required");
        }
        Grant grant = new Grant(body.scope(), body.requestedScope(), body.credentials());
        Connected reconnected = connections.reconnect(org, connection, grant, new IfMatch(ifMatch));
        return tagged(view(org, reconnected.connection()));
    }

    @PostMapping("/{connection}/disconnect")
    ResponseEntity<ConnectionView> disconnect(@PathVariable String org, @PathVariable String connection) {
        connections.get(org, connection);
        return tagged(view(org, connections.get(org, triggers.disconnect(new Disconnect(org, connection)))));
    }

    @PostMapping("/{connection}/erase")
    Erasure erase(@PathVariable String org, @PathVariable String connection) {
        connections.get(org, connection);
        return erasures.get(org, triggers.erase(new Erase(org, connection)));
    }

    @GetMapping("/{connection}/erasure")
    Erasure erasure(@PathVariable String org, @PathVariable String connection) {
        return erasures.get(org, connection);
    }

    private static ResponseEntity<ConnectionView> tagged(ConnectionView view) {
        return ResponseEntity.ok().eTag(IfMatch.tag(view.updatedAt(), view)).body(view);
    }

    private ConnectionView view(String org, Connection connection) {
        return ConnectionView.of(
                connection, pulls.latestOf(org, List.of(connection.id())).get(connection.id()));
    }
}
