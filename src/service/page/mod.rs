//! The page in four steps, for people who call nothing: HTML from the server, one style, one small script that it works without.
//!
//! Every function here turns data into elements; what is asked where, and where the data comes from, is `routes::page`'s.

pub mod address;
pub mod assets;
pub mod back;
pub mod control;
pub mod html;
pub mod parts;
pub mod people;
pub mod person;
pub mod progress;
pub mod shell;
pub mod start;
pub mod take;
pub mod trouble;
pub mod wipe;
pub mod words;

#[cfg(test)]
mod tests;
