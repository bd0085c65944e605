//! Skeleton.

mod value;

pub use value::{
    BindError, ColumnCodec, DecodeError, Parameter, ParameterError, Raw, bind, type_name, write_json_string,
};
