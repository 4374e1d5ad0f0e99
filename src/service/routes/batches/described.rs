//! What may go wrong with batches, as the description of the API tells it.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

use crate::service::describe::{described, refusals};

/// What may go wrong: the status, the code, and when it comes.
const CODES: [(u16, &str, &str); 24] = [
    (400, "bad-parameter", "a parameter or a member has a value that it may not have, or is not known here"),
    (400, "malformed-json", "the body is not JSON; line and column are told"),
    (400, "malformed-multipart", "the body is no form, or has other parts than `options`, `source` and `photos`"),
    (400, "broken-off", "the body ended early"),
    (400, "bad-request", "the address has bytes that are no text in UTF-8"),
    (404, "batch-not-found", "there is no such batch of this caller, or its time is over"),
    (404, "item-not-found", "there is no such person in the batch"),
    (404, "photo-not-found", "the person has no photo"),
    (404, "output-not-found", "nothing of that kind was made"),
    (404, "template-not-found", "there is no such form; the names of those there are told"),
    (409, "batch-at-work", "the batch waits for its turn or is under way; `cancel` stops it"),
    (409, "not-ready", "nobody was looked at yet, or the batch is not `done`"),
    (409, "idempotency-in-progress", "a request with this `Idempotency-Key` is still being received"),
    (408, "body-timeout", "the body came too slowly"),
    (413, "too-large", "the body, the options in it, or the number of its files is beyond the limit"),
    (415, "unsupported-media-type", "`Content-Type` is none that is taken here; those that are, are told"),
    (
        422,
        "record-invalid",
        "the source holds nobody, is in another encoding or of a kind that is not read; a zip is refused; a value \
        is of no field of a record or beyond its limits; a person cannot be laid out. Each is told by its own code",
    ),
    (422, "idempotency-mismatch", "this `Idempotency-Key` stood for other content"),
    (429, "busy", "too many requests wait, look on or take files away; come back after `Retry-After` seconds"),
    (429, "too-many-batches", "the service holds as many batches as it may; delete some"),
    (500, "template-broken", "the template has mistakes; its makers are to blame"),
    (503, "timeout", "the answer took too long"),
    (507, "disk-full", "the disk is full; nothing was kept"),
    (507, "store-full", "the room for batches is used up; delete some"),
];

/// What may go wrong with any batch.
const ONE: [&str; 4] = ["bad-request", "batch-not-found", "busy", "timeout"];

/// What may go wrong with one person.
const PERSON: [&str; 6] = ["bad-parameter", "item-not-found", "not-ready", "record-invalid", "template-broken", "disk-full"];

/// What may go wrong with a body on its way.
const BODY: [&str; 3] = ["broken-off", "body-timeout", "too-large"];

fn problems(codes: &[&[&str]]) -> BTreeMap<String, RefOr<Response>> {
    described(CODES.iter().filter(|(_, code, _)| codes.iter().any(|list| list.contains(code))))
}

refusals! {
    /// With all batches.
    OfAll: [&["busy", "timeout"]];
    /// With a new one.
    OfNew: [&[
        "bad-parameter", "malformed-json", "malformed-multipart", "broken-off", "template-not-found", "idempotency-in-progress", "body-timeout",
        "too-large", "unsupported-media-type", "record-invalid", "idempotency-mismatch", "busy", "too-many-batches", "template-broken",
        "disk-full", "store-full", "timeout",
    ]];
    /// With one.
    OfOne: [&ONE];
    /// With what is asked of one.
    OfAsked: [&ONE, &BODY, &["bad-parameter", "malformed-json", "batch-at-work", "disk-full"]];
    /// With its people.
    OfItems: [&ONE, &["bad-parameter"]];
    /// With one person.
    OfPerson: [&ONE, &PERSON];
    /// With what is put right.
    OfAmend: [&ONE, &BODY, &PERSON, &["malformed-json", "batch-at-work"]];
    /// With a photo.
    OfPhoto: [&ONE, &["item-not-found", "photo-not-found", "template-broken"]];
    /// With a report.
    OfReport: [&ONE, &["bad-parameter", "not-ready"]];
    /// With the files.
    OfOutput: [&ONE, &["bad-parameter", "not-ready", "output-not-found"]];
}
