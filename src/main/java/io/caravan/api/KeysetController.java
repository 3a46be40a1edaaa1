package io.caravan.api;

import io.caravan.support.CaravanException;
import io.caravan.support.ErrorCode;
import io.caravan.support.secret.KeyRotation;
import io.caravan.support.secret.KeyRotation.Keys;
import io.caravan.support.secret.KeysetException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The keys that seal credentials, for operators: which there are, and putting a new one in place. Never a key itself. */
@RestController
@RequestMapping("/api/v1/keyset")
class KeysetController {

    private final KeyRotation rotation;

    KeysetController(KeyRotation rotation) {
        this.rotation = rotation;
    }

    /** {@code prepare}, {@code use}, or null for both at once. */
    record RotationRequest(String step) {}

    @GetMapping
    Keys read() {
        return rotation.keys();
    }

    @PostMapping("/rotations")
    Keys rotate(@RequestBody RotationRequest body) {
        try {
            return switch (body.step() == null ? "both" : body.step()) {
                case "both" -> {
                    rotation.prepare();
                    yield rotation.use();
                }
                case "prepare" -> rotation.prepare();
                case "use" -> rotation.use();
                default -> throw CaravanException.invalidField("step", "must be both, prepare or use");
            };
        } catch (KeysetException e) {
            throw new CaravanException(ErrorCode.KEYSET_UNWRITABLE, e.getMessage());
        }
    }
}
