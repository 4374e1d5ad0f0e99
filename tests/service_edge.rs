//! The edge of the service: connections, time, names, keys, starting and stopping, and what is never told.

#[allow(clippy::type_complexity)] // parts of a form are what they are
#[path = "support/service.rs"]
mod service;

#[path = "service_edge/desk.rs"]
mod desk;

#[path = "service_edge/connections.rs"]
mod connections;
#[path = "service_edge/encrypted.rs"]
mod encrypted;
#[path = "service_edge/guard.rs"]
mod guard;
#[path = "service_edge/private.rs"]
mod private;
#[path = "service_edge/start.rs"]
mod start;
