//! A PDF that somebody else saved, opened within limits: its form fields, pictures and marks.
