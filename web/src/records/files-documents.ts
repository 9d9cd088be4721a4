import { graphql, type FragmentOf } from '../api/graphql';

export const FileFacts = graphql(`
  fragment FileFacts on File {
    id
    name
    mediaType
    size
    url
    createdAt
    uploader { name }
  }
`);

export const StartUpload = graphql(`
  mutation StartUpload($input: StartUploadInput!) {
    startUpload(input: $input) { uploadId url errors { code message path } }
  }
`);

export const AddFile = graphql(`
  mutation AddFile($input: AddFileInput!) {
    addFile(input: $input) { errors { code message path } }
  }
`);

export const DeleteFiles = graphql(`
  mutation DeleteFiles($input: FileIdsInput!) {
    deleteFiles(input: $input) { errors { code message path } }
  }
`);

export type FileFacts = FragmentOf<typeof FileFacts>;
