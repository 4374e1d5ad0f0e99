//! Calls of helpers that give a value: how many values they get, and of what kind.

use serde_json::Value;

use super::Checker;
use crate::diag::Message;
use crate::template::expr::{Call, Expr};
use crate::template::helpers::{self, Signature};
use crate::template::shape::Shape;
use crate::template::source::suggest;

impl Checker<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Shape {
        let name = &call.name;
        let Some(signature) = helpers::find(name).filter(|signature| !signature.block) else {
            let diagnostic = self.source().error(
                call.name_at.clone(),
                "unknown-helper",
                format!("没有助手 `{name}`。"),
                format!("there is no helper `{name}`"),
            );
            let known = helpers::HELPERS.iter().filter(|helper| !helper.block).map(|helper| helper.name);
            let help = Message::new("助手的名单见 docs/markup.md。", "docs/markup.md lists the helpers");
            self.found.push(suggest(diagnostic, name, known, Some(help)));
            return Shape::Unknown;
        };
        if !self.arguments(call, signature) {
            return Shape::Unknown;
        }
        let logical = matches!(signature.name, "and" | "or");
        let shapes: Vec<Shape> = call.args.iter().map(|arg| self.value(arg, logical)).collect();
        for (_, _, value) in &call.hash {
            let shape = self.value(value, false);
            self.want(value, &shape, Shape::Number);
        }
        let pairs = call.args.iter().zip(&shapes);
        match signature.name {
            "range" | "add" => {
                pairs.for_each(|(arg, shape)| self.want(arg, shape, Shape::Number));
                if signature.name == "add" { Shape::Number } else { Shape::List(Box::new(Shape::Number)) }
            }
            "rows" | "count" => {
                self.array(call);
                if signature.name == "count" { Shape::Number } else { Shape::List(Box::new(Shape::Number)) }
            }
            "lookup" => self.lookup(call, &shapes),
            "len" => {
                if let (Some(arg), Some(shape)) = (call.args.first(), shapes.first())
                    && shape.item().is_none()
                {
                    self.error(arg.at(), "wrong-type", "len 要一个列表。".into(), "len wants a list".into(), None);
                }
                Shape::Number
            }
            "lt" | "lte" | "gt" | "gte" => {
                pairs.for_each(|(arg, shape)| self.want(arg, shape, Shape::Number));
                Shape::Bool
            }
            _ => Shape::Bool,
        }
    }

    /// Notes the array whose rows are asked for: of the record, ink may know their number and nothing else.
    fn array(&mut self, call: &Call) {
        match call.args.first() {
            Some(Expr::Literal(Value::String(name), at)) => {
                if crate::name::FieldName::parse(name).is_none() {
                    let (zh, en) =
                        (format!("`{name}` 不是记录中数组的名字。"), format!("`{name}` cannot be the name of an array of the record"));
                    self.error(at.clone(), "wrong-type", zh, en, None);
                }
                self.rows.insert(name.clone());
            }
            Some(other) => {
                let (zh, en) =
                    (format!("{} 要写明数组的名字。", call.name), format!("{} wants the array's name as a literal text", call.name));
                let help = Message::new("例如 `rows \"nominees\" min=4`。", "for example `rows \"nominees\" min=4`");
                self.error(other.at(), "wrong-type", zh, en, Some(help));
            }
            None => {}
        }
    }

    fn lookup(&mut self, call: &Call, shapes: &[Shape]) -> Shape {
        let (Some(of), Some(by), Some(over)) = (call.args.first(), call.args.get(1), shapes.first()) else { return Shape::Unknown };
        match (over, by) {
            (Shape::Map(members), Expr::Literal(Value::String(key), at)) => match members.get(key) {
                Some(shape) => shape.clone(),
                None => {
                    let diagnostic =
                        self.source().error(at.clone(), "unknown-path", format!("这里没有 `{key}`。"), format!("there is no `{key}` here"));
                    self.found.push(suggest(diagnostic, key, members.keys().map(String::as_str), None));
                    Shape::Unknown
                }
            },
            _ => match over.item() {
                Some(item) => item,
                None => {
                    if *over != Shape::Absent {
                        let (zh, en) = ("lookup 要一个列表或对象。", "lookup wants a list or an object");
                        self.error(of.at(), "wrong-type", zh.into(), en.into(), None);
                    }
                    Shape::Unknown
                }
            },
        }
    }

    fn want(&mut self, arg: &Expr, shape: &Shape, wanted: Shape) {
        if *shape != wanted && !matches!(shape, Shape::Unknown | Shape::Null | Shape::Absent) {
            self.error(arg.at(), "wrong-type", "这里要一个数。".into(), "a number is wanted here".into(), None);
        }
    }

    /// Whether a helper gets as many values as it wants and no named ones it does not know.
    pub(super) fn arguments(&mut self, call: &Call, signature: &Signature) -> bool {
        let (least, most) = signature.args;
        let name = signature.name;
        for (key, at, _) in call.hash.iter().filter(|(key, ..)| !signature.hash.contains(&key.as_str())) {
            let (zh, en) = (format!("`{name}` 没有参数 `{key}`。"), format!("`{name}` has no parameter `{key}`"));
            let diagnostic = self.source().error(at.clone(), "wrong-arguments", zh, en);
            self.found.push(suggest(diagnostic, key, signature.hash.iter().copied(), None));
        }
        let given = call.args.len();
        if (least..=most).contains(&given) {
            return true;
        }
        let wanted = if least == most { least.to_string() } else { format!("{least}–{most}") };
        let (zh, en) =
            (format!("`{name}` 要 {wanted} 个值，这里有 {given} 个。"), format!("`{name}` wants {wanted} value(s), here are {given}"));
        self.error(call.name_at.clone(), "wrong-arguments", zh, en, None);
        false
    }
}
