//! formwright: one template and one record make the exact official form.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod check;
pub mod cli;
pub mod diag;
pub mod engine;
pub mod error;
pub mod fonts;
pub mod form;
pub mod image;
pub mod layout;
pub mod markup;
pub mod name;
pub mod pdf;
pub mod record;
pub mod schema;
pub mod template;
pub mod text;
pub mod units;
