//! The walk over a parsed statement: every field of every message, depth first.
//!
//! It is separate from [`messages`](super::messages) because this is the idea and that is the list.
//! Invariant: nothing in a tree is reached by any other way, so what the visitor is not shown is not there.

use pg_query::protobuf::{Node, a_const};

use super::messages::Message;

/// Is shown every message of a tree, parents before children.
pub(crate) trait Visitor {
    /// Is called before the children of `message`.
    fn enter(&mut self, message: Message<'_>);
    /// Is called after the children of `message`.
    fn leave(&mut self, message: Message<'_>);
}

/// A part of the tree that can be walked: a message, or a field that holds messages or a plain value.
pub(crate) trait Walk {
    /// Shows this part and all below it to `visitor`.
    fn walk(&self, visitor: &mut dyn Visitor);
}

impl Walk for Node {
    fn walk(&self, visitor: &mut dyn Visitor) {
        let Node { node } = self;
        node.walk(visitor);
    }
}

impl<T: Walk> Walk for Option<T> {
    fn walk(&self, visitor: &mut dyn Visitor) {
        if let Some(inner) = self {
            inner.walk(visitor);
        }
    }
}

impl<T: Walk> Walk for Box<T> {
    fn walk(&self, visitor: &mut dyn Visitor) {
        T::walk(self, visitor);
    }
}

impl<T: Walk> Walk for Vec<T> {
    fn walk(&self, visitor: &mut dyn Visitor) {
        for inner in self {
            inner.walk(visitor);
        }
    }
}

impl Walk for a_const::Val {
    fn walk(&self, visitor: &mut dyn Visitor) {
        match self {
            a_const::Val::Ival(value) => value.walk(visitor),
            a_const::Val::Fval(value) => value.walk(visitor),
            a_const::Val::Boolval(value) => value.walk(visitor),
            a_const::Val::Sval(value) => value.walk(visitor),
            a_const::Val::Bsval(value) => value.walk(visitor),
        }
    }
}

/// Plain values have nothing below them; a field of a type that is not listed here does not compile.
macro_rules! plain {
    ($($value:ty),*) => {$(
        impl Walk for $value {
            fn walk(&self, _: &mut dyn Visitor) {}
        }
    )*};
}

plain!(bool, i32, i64, u32, u64, f64, String);
