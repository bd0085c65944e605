//! Changes in a parsed statement: every node, and every place in the text that a tree remembers.
//!
//! Separate from the walk, which only looks. Invariant: what an editor puts into a node is not itself shown to it, so
//! that an edit cannot go round in circles.

use pg_query::protobuf::{Node, RawStmt, a_const};

/// Is shown what may be changed.
pub(crate) trait Editor {
    /// Is called for every node, parents first; `false` leaves out what is below it.
    fn node(&mut self, node: &mut Node) -> bool;
    /// Is called for every number that is a place in the text.
    fn place(&mut self, place: &mut i32);
}

/// A part of the tree that can be changed.
pub(crate) trait Edit {
    /// Shows this part, which stands in the field `field`, and all below it to `editor`.
    fn edit(&mut self, field: &'static str, editor: &mut dyn Editor);
}

impl Edit for Node {
    fn edit(&mut self, field: &'static str, editor: &mut dyn Editor) {
        if editor.node(self) {
            self.node.edit(field, editor);
        }
    }
}

impl<T: Edit> Edit for Option<T> {
    fn edit(&mut self, field: &'static str, editor: &mut dyn Editor) {
        if let Some(inner) = self {
            inner.edit(field, editor);
        }
    }
}

impl<T: Edit> Edit for Box<T> {
    fn edit(&mut self, field: &'static str, editor: &mut dyn Editor) {
        T::edit(self, field, editor);
    }
}

impl<T: Edit> Edit for Vec<T> {
    fn edit(&mut self, field: &'static str, editor: &mut dyn Editor) {
        for inner in self {
            inner.edit(field, editor);
        }
    }
}

impl Edit for a_const::Val {
    fn edit(&mut self, field: &'static str, editor: &mut dyn Editor) {
        match self {
            a_const::Val::Ival(value) => value.edit(field, editor),
            a_const::Val::Fval(value) => value.edit(field, editor),
            a_const::Val::Boolval(value) => value.edit(field, editor),
            a_const::Val::Sval(value) => value.edit(field, editor),
            a_const::Val::Bsval(value) => value.edit(field, editor),
        }
    }
}

impl Edit for i32 {
    fn edit(&mut self, field: &'static str, editor: &mut dyn Editor) {
        let place = field.ends_with("location")
            || matches!(
                field,
                "stmt_len" | "list_start" | "list_end" | "rexpr_list_start" | "rexpr_list_end"
            );
        if place {
            editor.place(self);
        }
    }
}

/// Other plain values have nothing below them and are no places.
macro_rules! plain {
    ($($value:ty),*) => {$(
        impl Edit for $value {
            fn edit(&mut self, _: &'static str, _: &mut dyn Editor) {}
        }
    )*};
}

plain!(bool, i64, u32, u64, f64, String);

/// Whether two statements are the same but for where their parts stand in their texts.
pub(crate) fn same_but_for_places(left: &RawStmt, right: &RawStmt) -> bool {
    without_places(left).stmt == without_places(right).stmt
}

fn without_places(statement: &RawStmt) -> RawStmt {
    struct Forget;
    impl Editor for Forget {
        fn node(&mut self, _: &mut Node) -> bool {
            true
        }
        fn place(&mut self, place: &mut i32) {
            *place = 0;
        }
    }
    let mut statement = statement.clone();
    statement.stmt.edit("stmt", &mut Forget);
    statement
}
