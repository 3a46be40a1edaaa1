-- A directory below caravan.file.root is a destination, too.
ALTER TABLE destination DROP CONSTRAINT destination_type_check;
ALTER TABLE destination ADD CHECK (type IN ('fhir', 'object_storage', 'file'));
