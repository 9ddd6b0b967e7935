// The bar is drawn by components/screen (it must grow with elder mode); WeChat wants this component all the same.
Component({});
