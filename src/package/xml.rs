//! XML that a stranger wrote, as events within limits: no DOCTYPE, no unknown entity, no deeper than is sane.
