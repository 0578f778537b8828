"""Operations behind the methods of the client."""
