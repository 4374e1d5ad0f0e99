//! Schemas of structs that hold another one flattened: one object instead of two that refuse each other's members.

use utoipa::openapi::schema::{Object, Schema};
use utoipa::openapi::{OpenApi, RefOr};

/// Makes one object of each `allOf` that is made of objects alone.
///
/// JSON Schema 2020-12, 10.3.2.3: `additionalProperties` sees the members of its own schema only, so under `allOf` an object that
/// takes no other members refuses those of its neighbour.
pub fn flattened(mut api: OpenApi) -> OpenApi {
    for schema in api.components.iter_mut().flat_map(|components| components.schemas.values_mut()) {
        let RefOr::T(Schema::AllOf(all)) = schema else { continue };
        let objects: Option<Vec<Object>> = all.items.iter().map(object).collect();
        let Some(mut one) = objects.and_then(|objects| objects.into_iter().reduce(together)) else { continue };
        one.description = all.description.clone();
        *schema = RefOr::T(Schema::Object(one));
    }
    api
}

fn object(schema: &RefOr<Schema>) -> Option<Object> {
    if let RefOr::T(Schema::Object(object)) = schema { Some(object.clone()) } else { None }
}

fn together(mut one: Object, other: Object) -> Object {
    one.properties.extend(other.properties);
    one.required.extend(other.required);
    one.additional_properties = one.additional_properties.or(other.additional_properties);
    one
}
