#include "hello.h"
#include "guest.h"

static void answer(struct connection *c, const struct fields *f) {
    struct writer w = {0};
    const uint8_t *nonce;
    size_t length;
    writer_number(&w, TAG_VERSION_MIN, PROTOCOL_VERSION);
    writer_number(&w, TAG_VERSION_MAX, PROTOCOL_VERSION);
    writer_text(&w, TAG_SOFTWARE, "sandstack-guest " SANDSTACK_VERSION);
    if (fields_bytes(f, TAG_NONCE, &nonce, &length) && length <= 64) writer_bytes(&w, TAG_NONCE, nonce, length);
    writer_number(&w, TAG_FLAGS, GUEST_FLAG_HOLES | GUEST_FLAG_PARTS);
    writer_text(&w, TAG_ID, guest.id);
    writer_text(&w, TAG_TIER, guest.tier);
    connection_send(c, TYPE_HELLO, 0, 0, w.data, w.length);
    writer_free(&w);
}

void hello_receive(struct connection *c, const struct frame *frame) {
    struct fields f = {frame->payload, frame->length};
    if (frame->type != TYPE_HELLO || frame->stream != 0 || !fields_valid(f.data, f.length)) {
        connection_error(c, "PROTOCOL", "the first frame is not HELLO");
        return;
    }
    if (fields_number(&f, TAG_VERSION_MIN, 0) > PROTOCOL_VERSION ||
        fields_number(&f, TAG_VERSION_MAX, 0) < PROTOCOL_VERSION) {
        connection_error(c, "VERSION", "this guest speaks version 1 of the protocol");
        return;
    }
    c->greeted = true;
    c->leash = fields_number(&f, TAG_FLAGS, 0) & HELLO_FLAG_LEASH;
    answer(c, &f);
}
